import type { PolicyDocument } from './iam.ts';
import type { ResourceModel } from './template.ts';

/** Managed policies that only let a function write its log and its traces, which go no way through the door. */
const harmlessPolicies = [
  'service-role/AWSLambdaBasicExecutionRole',
  'AWSXRayDaemonWriteAccess',
  'service-role/AmazonAPIGatewayPushToCloudWatchLogs',
];

const checkManagedPolicies = (role: ResourceModel): void => {
  for (const managed of (role.properties.ManagedPolicyArns ?? []) as string[]) {
    if (!harmlessPolicies.some((name) => managed.endsWith(`:aws:policy/${name}`))) {
      throw new Error(`the role ${role.ref} has the managed policy ${managed}, which the local cloud does not know`);
    }
  }
};

const inlinePolicies = (role: ResourceModel): PolicyDocument[] =>
  ((role.properties.Policies ?? []) as { PolicyDocument: PolicyDocument }[]).map((policy) => policy.PolicyDocument);

/** The policies of roles, by the ARN of the role. Throws for a managed policy that nobody here enforces. */
export const readRoles = (
  roles: readonly { role: ResourceModel; arn: string }[],
  policies: readonly ResourceModel[],
): Map<string, PolicyDocument[]> => {
  const attached = policies.map((policy) => policy.properties);
  return new Map(
    roles.map(({ role, arn }) => {
      checkManagedPolicies(role);
      const own = attached.filter(({ Roles }) => Array.isArray(Roles) && Roles.includes(role.ref));
      return [arn, [...inlinePolicies(role), ...own.map((policy) => policy.PolicyDocument as PolicyDocument)]];
    }),
  );
};
