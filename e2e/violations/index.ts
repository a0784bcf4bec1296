/** Breaks what VIOLATES names as `target/offences`; with `target/nothing`, no policy. */
const [target, policy = ''] = (process.env['VIOLATES'] ?? '').split('/');
const { deploy } =
  target === 'docker' ? await import('./on-docker.ts') : await import('./on-kubernetes.ts');
deploy(policy);
