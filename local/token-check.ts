import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Claims } from './http-event.ts';

/** What a token must satisfy. */
export interface TokenRules {
  issuer: string;
  /** Accepted audiences: `aud`, or `client_id` for a token without `aud`. */
  audience: readonly string[];
}

/**
 * Checks tokens as the JWT authorizer of an HTTP API does: signature, issuer, audience or client, and validity at the
 * time of the cloud's clock. Gives the claims, or undefined for a token that does not pass.
 * Source: API Gateway developer guide, "Control access to HTTP APIs with JWT authorizers".
 */
export const createTokenCheck = (keys: JSONWebKeySet, now: () => number) => {
  const keySet = createLocalJWKSet(keys);
  return async (authorization: string | undefined, rules: TokenRules): Promise<Claims | undefined> => {
    const token = authorization?.replace(/^Bearer +/i, '');
    if (!token) return undefined;
    try {
      const { payload } = await jwtVerify(token, keySet, {
        issuer: rules.issuer,
        currentDate: new Date(now()),
        algorithms: ['RS256'],
        requiredClaims: ['exp', 'iss'],
      });
      const audiences = [payload.aud ?? payload.client_id].flat();
      return audiences.some((one) => rules.audience.includes(String(one))) ? payload : undefined;
    } catch {
      return undefined;
    }
  };
};

export type TokenCheck = ReturnType<typeof createTokenCheck>;
