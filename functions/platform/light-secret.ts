import { AwsCallError, type AwsService, callAws } from './aws-call.ts';
import { readEnv, readOptionalEnv } from './env.ts';

const SECRETS_MANAGER: AwsService = { name: 'secretsmanager', target: 'secretsmanager', version: '1.1' };

const endpoint = (): URL => {
  const { AWS_REGION } = readEnv('AWS_REGION');
  const local = readOptionalEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER') ?? readOptionalEnv('AWS_ENDPOINT_URL');
  return new URL(local ?? `https://secretsmanager.${AWS_REGION}.amazonaws.com`);
};

/** Gone, or on its way: a secret stays for some days after it was deleted. */
const absent = ['ResourceNotFoundException', 'InvalidRequestException'];

/** Calls an operation of Secrets Manager without the SDK: see {@link callAws}. */
export const callSecrets = (operation: string, input: object): Promise<unknown> =>
  callAws(SECRETS_MANAGER, operation, endpoint(), input);

/** Reads a secret without the SDK: see {@link callAws}. Undefined when there is none of this name. */
export const readSecret = async (secretId: string): Promise<string | undefined> => {
  try {
    const answer = await callSecrets('GetSecretValue', { SecretId: secretId });
    return (answer as { SecretString?: string }).SecretString;
  } catch (error) {
    if (error instanceof AwsCallError && absent.includes(error.name)) return undefined;
    throw error;
  }
};
