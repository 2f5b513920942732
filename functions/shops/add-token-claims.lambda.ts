import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { documentClient } from '#platform/clients.ts';
import { readEnv } from '#platform/env.ts';
import { openTable } from '#platform/table.ts';
import { tokenClaims } from './token-claims.ts';
import { userStore } from './user.store.ts';

const { TABLE_NAME } = readEnv('TABLE_NAME');
const users = userStore(openTable(documentClient(), TABLE_NAME));

/** Source: Amazon Cognito developer guide, "Pre token generation Lambda trigger", event version 2. */
export const handler = async (event: PreTokenGenerationV2TriggerEvent): Promise<PreTokenGenerationV2TriggerEvent> => {
  const claims = tokenClaims(await users.findAnywhere(event.request.userAttributes.sub ?? ''));
  event.response.claimsAndScopeOverrideDetails = {
    accessTokenGeneration: { claimsToAddOrOverride: claims },
    idTokenGeneration: { claimsToAddOrOverride: claims },
  };
  return event;
};
