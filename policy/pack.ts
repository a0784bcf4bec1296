import {
  type PolicyConfigSchema,
  PolicyPack,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from '@pulumi/policy';
import { isProduction, PRODUCTION_WORDS } from './production.ts';
import { renderViolation, type ResourceRule, type StackRule } from './rule.ts';
import { RESOURCE_RULES, STACK_RULES } from './rules.ts';
import { readSubject } from './subject.ts';

/** Configuration of the rules that hold in production alone. */
interface RuleConfig {
  readonly productionWords?: readonly string[];
}

const PRODUCTION_CONFIG: PolicyConfigSchema = {
  properties: {
    productionWords: {
      type: 'array',
      items: { type: 'string' },
      default: [...PRODUCTION_WORDS],
      description: 'A stack is production when one of these is a word of its name: prod, eu-prod.',
    },
  },
};

function resourcePolicy({
  name,
  reason,
  dependsOnStack,
  check,
}: ResourceRule): ResourceValidationPolicy {
  return {
    name,
    description: reason,
    ...(dependsOnStack === true ? { configSchema: PRODUCTION_CONFIG } : {}),
    validateResource: (args, report) => {
      const { productionWords } = args.getConfig<RuleConfig>();
      const subject = readSubject(args);
      for (const violation of check(subject, {
        isProduction: isProduction(subject.stack, productionWords),
      }))
        report(renderViolation(subject.name, violation));
    },
  };
}

function stackPolicy({ name, reason, check }: StackRule): StackValidationPolicy {
  return {
    name,
    description: reason,
    validateStack: ({ resources }, report) => {
      for (const { of, ...violation } of check(resources.map(readSubject)))
        report(renderViolation(of, violation));
    },
  };
}

new PolicyPack('spywatcher', {
  enforcementLevel: 'mandatory',
  policies: [...RESOURCE_RULES.map(resourcePolicy), ...STACK_RULES.map(stackPolicy)],
});
