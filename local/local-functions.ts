import { dirname } from 'node:path';
import type { Principal } from './door.ts';
import type { LocalFunction } from './function-worker.ts';
import type { Place } from './identities.ts';
import type { FunctionModel } from './template.ts';

/**
 * What Lambda itself puts into a function's environment, and the one address that stands for AWS.
 * Source: Lambda developer guide, "Defined runtime environment variables".
 */
const runtimeEnvironment = (place: Place, model: FunctionModel, file: string, principal: Principal) => ({
  AWS_REGION: place.region,
  AWS_DEFAULT_REGION: place.region,
  AWS_ACCESS_KEY_ID: principal.accessKeyId,
  AWS_SECRET_ACCESS_KEY: principal.secretAccessKey,
  AWS_ENDPOINT_URL: place.url,
  AWS_LAMBDA_FUNCTION_NAME: model.functionName,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(model.memoryMb),
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${model.functionName}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  LAMBDA_TASK_ROOT: dirname(file),
  LAMBDA_RUNTIME_DIR: dirname(file),
  TZ: ':UTC',
  LANG: 'en_US.UTF-8',
});

/** A function of the template as the local cloud runs it: its bundle, and exactly its environment. */
export const toLocalFunction = (
  place: Place,
  model: FunctionModel,
  file: string,
  principal: Principal,
): LocalFunction => ({
  name: model.name,
  functionName: model.functionName,
  arn: model.arn,
  file,
  environment: { ...runtimeEnvironment(place, model, file, principal), ...model.environment },
  timeoutSeconds: model.timeoutSeconds,
  memoryMb: model.memoryMb,
});
