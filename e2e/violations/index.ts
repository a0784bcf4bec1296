/** Breaks the policy that VIOLATES names as `target/policy`; with `target/nothing`, none. */
const [target, policy = ''] = (process.env['VIOLATES'] ?? '').split('/');
const { deploy } =
  target === 'docker' ? await import('./on-docker.ts') : await import('./on-kubernetes.ts');
deploy(policy);
