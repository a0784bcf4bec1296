/** Counts of the requests of each address in each window, shared by all instances. */
export interface SharedCounts {
  /**
   * Adds to an address's counts, also a negative number, and gives them back: this instance's own
   * part, and the sum over all instances. Rejects when the counts cannot be reached.
   */
  add(address: string, window: number, requests: number): Promise<Counts>;
}

interface Counts {
  readonly own: number;
  readonly total: number;
}

interface Taken {
  readonly isAllowed: boolean;
  /** Requests of this address in this window, over all instances, as far as known here. */
  readonly used: number;
  /** End of the window, in milliseconds since 1970. */
  readonly endsAtMs: number;
}

export interface RequestLeases {
  /** Takes one request of this address, without a wait as long as some are in hand. */
  take(address: string): Promise<Taken> | Taken;
  /** Adds this instance's parts again where the shared counts have forgotten them. */
  restore(): Promise<void>;
  /** Gives back what was not used, and takes no more in advance. */
  close(): Promise<void>;
}

/** Largest lease, as a share of the limit: what one instance holds, another may have to refuse. */
const MAX_LEASE_SHARE = 0.01;

/** Time without a request after which what is in hand goes back. */
const IDLE_MS = 1_000;

/** Pause before counts are asked again that had nothing left, or were not reached. */
const ASK_AGAIN_MS = 1_000;

/** What this instance knows of one address in the current window. */
interface Account {
  readonly address: string;
  readonly window: number;
  /** What this instance has of the limit: requests taken, and those in hand. */
  granted: number;
  inHand: number;
  /** Granted to the other instances, as far as known. */
  elsewhere: number;
  /** Whether the shared counts have forgotten something in this window. */
  isRestored: boolean;
  nextLease: number;
  waiting: number;
  asking: Promise<void> | undefined;
  askAgainAtMs: number;
  usedAtMs: number;
}

/**
 * Limits the requests of each address by shared counts, asked for several requests at a time. All
 * instances together never let more than `limit` pass while the counts are reached; what others
 * hold in hand, at most 1.5 % of the limit each, can be missing at the end of a window. While the
 * counts cannot be reached, each instance counts alone.
 * @param options.onAlone hears why the counts were not reached.
 */
export function createRequestLeases(options: {
  readonly limit: number;
  readonly windowMs: number;
  readonly counts: SharedCounts;
  readonly onAlone: (error: unknown) => void;
}): RequestLeases {
  const { limit, windowMs, counts, onAlone } = options;
  const maxLease = Math.max(1, Math.floor(limit * MAX_LEASE_SHARE));
  const accounts = new Map<string, Account>();
  let currentWindow = 0;
  let aloneUntilMs = 0;

  const accountOf = (address: string, nowMs: number): Account => {
    const window = Math.floor(nowMs / windowMs);
    if (window !== currentWindow) accounts.clear();
    currentWindow = window;
    const known = accounts.get(address);
    if (known !== undefined) return known;
    const account = openAccount(address, window);
    accounts.set(address, account);
    return account;
  };

  /** Adds what was asked for to the account, as far as the limit reaches. */
  const grant = (account: Account, wanted: number): number => {
    const left = Math.max(0, limit - account.elsewhere - account.granted);
    const granted = Math.min(wanted, left);
    account.granted += granted;
    account.inHand += granted;
    account.nextLease = Math.min(2 * account.nextLease, maxLease);
    if (granted === 0) account.askAgainAtMs = Date.now() + ASK_AGAIN_MS;
    return granted;
  };

  const giveBack = async (account: Account, requests: number): Promise<void> => {
    if (requests === 0) return;
    await counts.add(account.address, account.window, -requests).catch(onAlone);
  };

  /** Adds to the shared counts and learns from them. */
  const share = async (account: Account, wanted: number): Promise<void> => {
    const { address, window } = account;
    const expected = account.granted + wanted;
    let shared = await counts.add(address, window, wanted);
    // A restart has forgotten some, or what was given back did not arrive.
    account.isRestored ||= shared.own < expected;
    if (shared.own !== expected) shared = await counts.add(address, window, expected - shared.own);
    // The others may not have restored their parts yet: what was known counts.
    const elsewhere = shared.total - shared.own;
    account.elsewhere = Math.max(elsewhere, account.isRestored ? account.elsewhere : 0);
  };

  const ask = async (account: Account): Promise<void> => {
    const wanted = Math.max(account.waiting, account.nextLease);
    if (Date.now() >= aloneUntilMs) {
      try {
        await share(account, wanted);
        await giveBack(account, wanted - grant(account, wanted));
        return;
      } catch (error) {
        onAlone(error);
        aloneUntilMs = Date.now() + ASK_AGAIN_MS;
      }
    }
    grant(account, wanted);
  };

  const unlessAsking = (account: Account, use: () => Promise<void>): Promise<void> =>
    (account.asking ??= use().finally(() => (account.asking = undefined)));

  const askOnce = (account: Account): Promise<void> => unlessAsking(account, () => ask(account));

  const spend = (account: Account): Taken => {
    const isAllowed = account.inHand > 0;
    if (isAllowed) account.inHand -= 1;
    const used = account.elsewhere + account.granted - account.inHand;
    return {
      isAllowed,
      used: isAllowed ? used : Math.max(used, limit) + 1,
      endsAtMs: (account.window + 1) * windowMs,
    };
  };

  const takeAfterAsking = async (account: Account): Promise<Taken> => {
    account.waiting += 1;
    try {
      while (account.inHand === 0 && Date.now() >= account.askAgainAtMs) await askOnce(account);
    } finally {
      account.waiting -= 1;
    }
    return spend(account);
  };

  const returnUnused = async (usedBeforeMs: number): Promise<void> => {
    const idle = [...accounts.values()].filter(
      ({ inHand, asking, usedAtMs }) =>
        inHand > 0 && asking === undefined && usedAtMs <= usedBeforeMs,
    );
    await Promise.all(
      idle.map(async (account) => {
        const { inHand } = account;
        account.granted -= inHand;
        account.inHand = 0;
        account.nextLease = 1;
        await giveBack(account, inHand);
      }),
    );
  };

  const sweep = setInterval(() => void returnUnused(Date.now() - IDLE_MS), IDLE_MS).unref();

  return {
    take(address) {
      const nowMs = Date.now();
      const account = accountOf(address, nowMs);
      account.usedAtMs = nowMs;
      if (account.inHand === 0) return takeAfterAsking(account);
      const taken = spend(account);
      // Ahead of time, so that nobody waits for the next lease.
      if (maxLease > 1 && account.inHand < account.nextLease / 2 && nowMs >= account.askAgainAtMs)
        void askOnce(account);
      return taken;
    },
    async restore() {
      const used = [...accounts.values()].filter(({ granted }) => granted > 0);
      await Promise.all(
        used.map((account) => unlessAsking(account, () => share(account, 0).catch(onAlone))),
      );
    },
    async close() {
      clearInterval(sweep);
      for (const { asking } of accounts.values()) await asking;
      await returnUnused(Infinity);
    },
  };
}

function openAccount(address: string, window: number): Account {
  return {
    address,
    window,
    granted: 0,
    inHand: 0,
    elsewhere: 0,
    isRestored: false,
    nextLease: 1,
    waiting: 0,
    asking: undefined,
    askAgainAtMs: 0,
    usedAtMs: 0,
  };
}
