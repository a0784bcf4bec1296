import { deflateSync, inflateSync, crc32 } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PALETTE_SIZE = 256;
const FREQUENT = 160;
/** Bytes of a pixel by the colour type that a browser writes. */
const BYTES = { 2: 3, 6: 4 } as Readonly<Record<number, number>>;

/**
 * The same picture in 256 of its colours, each other pixel in the nearest of them: a third of the bytes of what a browser
 * writes, and for a page of plain colours no difference to the eye.
 */
export function toPalettePng(png: Buffer): Buffer {
  const { width, height, pixels } = decode(png);
  const counts = new Map<number, number>();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const palette = choosePalette(counts);
  const indexes = new Map(palette.map((colour, index) => [colour, index]));
  const rows = Buffer.alloc((width + 1) * height);
  pixels.forEach((pixel, at) => {
    let index = indexes.get(pixel);
    if (index === undefined) indexes.set(pixel, (index = nearest(palette, pixel)));
    rows[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = index;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk(
      'PLTE',
      Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255])),
    ),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The most frequent colours, then those that are farthest from all chosen: a thin line's colour is rare, and counts. */
function choosePalette(counts: ReadonlyMap<number, number>): number[] {
  const byCount = [...counts].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const palette = byCount.slice(0, FREQUENT);
  const rest = byCount.slice(FREQUENT).map((colour) => ({
    colour,
    distance: Math.min(...palette.map((other) => distanceOf(colour, other))),
  }));
  while (palette.length < PALETTE_SIZE && rest.length > 0) {
    const { colour } = rest.reduce((most, next) => (next.distance > most.distance ? next : most));
    palette.push(colour);
    for (const one of rest) one.distance = Math.min(one.distance, distanceOf(one.colour, colour));
  }
  return palette;
}

const distanceOf = (one: number, other: number): number =>
  ((one >> 16) - (other >> 16)) ** 2 +
  (((one >> 8) & 255) - ((other >> 8) & 255)) ** 2 +
  ((one & 255) - (other & 255)) ** 2;

function nearest(palette: readonly number[], colour: number): number {
  let best = 0;
  let least = Infinity;
  palette.forEach((other, index) => {
    const distance = distanceOf(colour, other);
    if (distance < least) [best, least] = [index, distance];
  });
  return best;
}

/** Pixels as 0xRRGGBB; what is transparent is taken as it would be without its alpha. */
function decode(png: Buffer): {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array;
} {
  const [width, height, kind] = [png.readUInt32BE(16), png.readUInt32BE(20), png.subarray(24, 29)];
  const bytes = BYTES[kind[1] ?? 0];
  if (bytes === undefined || kind[0] !== 8 || kind[4] !== 0)
    throw new Error(
      `a PNG of 8 bits a channel, RGB or RGBA, not interlaced, was expected; its header says ${[...kind].join()}`,
    );
  const parts: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const rows = unfilter(inflateSync(Buffer.concat(parts)), width * bytes, bytes);
  return {
    width,
    height,
    pixels: Uint32Array.from({ length: width * height }, (_, index) =>
      rows.readUIntBE(index * bytes, 3),
    ),
  };
}

/** Undoes the prediction of each byte from its neighbours: left, above, above left. */
function unfilter(filtered: Buffer, stride: number, bytes: number): Buffer {
  const height = filtered.length / (stride + 1);
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = filtered[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x >= bytes ? (out[at - bytes] ?? 0) : 0;
      const above = y > 0 ? (out[at - stride] ?? 0) : 0;
      const corner = x >= bytes && y > 0 ? (out[at - stride - bytes] ?? 0) : 0;
      const predicted =
        [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter] ?? 0;
      out[at] = (filtered[y * (stride + 1) + 1 + x] ?? 0) + predicted;
    }
  }
  return out;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [byLeft, byAbove, byCorner] = [
    Math.abs(guess - left),
    Math.abs(guess - above),
    Math.abs(guess - corner),
  ];
  if (byLeft <= byAbove && byLeft <= byCorner) return left;
  return byAbove <= byCorner ? above : corner;
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
