import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts findings of cdk-nag on a construct and what is below it, each with its reason. */
export const acknowledge = (construct: IConstruct, reasons: Readonly<Record<string, string>>): void =>
  Validations.of(construct).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));

/** The finding of a policy that allows everything behind a resource of another stack. */
export const wildcardBehind = (owner: IConstruct, arn: string, rest: string): string => {
  const stack = Stack.of(owner);
  const imported = stack.resolve(stack.exportValue(arn)) as { 'Fn::ImportValue': string };
  return `AwsSolutions-IAM5[Resource::${imported['Fn::ImportValue']}${rest}]`;
};
