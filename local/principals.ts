import { randomBytes } from 'node:crypto';
import type { Principal } from './door.ts';
import type { PolicyDocument } from './iam.ts';

/** A principal with a new key of its own. */
export const createPrincipal = (name: string, policies: PolicyDocument[] | 'all'): Principal => ({
  name,
  accessKeyId: `AKIA${randomBytes(8).toString('hex').toUpperCase()}`,
  secretAccessKey: randomBytes(30).toString('base64'),
  policies,
});
