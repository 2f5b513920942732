import { createHash } from 'node:crypto';

const verifier = 'v'.repeat(64);

/** Follows a sign-in as a browser would, with its cookies. */
export const openBrowser = (url: string) => {
  const cookies = new Map<string, string>();
  return async (address: string, init: RequestInit = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(new URL(address, url), {
      redirect: 'manual',
      ...init,
      headers: { cookie, 'accept-language': 'es', ...(init.headers as Record<string, string>) },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value) cookies.set(name, value);
      else cookies.delete(name);
    }
    return answer;
  };
};

/** Where an application of the local identity provider sends its users, and what it makes of what they bring back. */
export const createApplication = (url: string, clientId: string) => {
  const token = (form: Record<string, string>) =>
    fetch(`${url}/oidc/token`, { method: 'POST', body: new URLSearchParams({ client_id: clientId, ...form }) });
  const authorizePath = (change: Record<string, string> = {}) =>
    `/oidc/auth?${new URLSearchParams({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: `${url}/console`,
      scope: 'openid email profile',
      state: 's1',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...change,
    })}`;
  return {
    authorizePath,
    /** Opens the page and chooses somebody; `back` is undefined when the page refuses. */
    signIn: async (userId: string) => {
      const open = openBrowser(url);
      const pagePath = (await open(authorizePath())).headers.get('location') ?? '';
      const page = await (await open(pagePath)).text();
      const chosen = await open(pagePath, { method: 'POST', body: new URLSearchParams({ userId }) });
      const onwards = chosen.headers.get('location');
      if (onwards === null) return { open, page, back: undefined };
      return { open, page, back: new URL((await open(onwards)).headers.get('location') ?? '', url) };
    },
    redeem: (code: string, codeVerifier = verifier) =>
      token({ grant_type: 'authorization_code', redirect_uri: `${url}/console`, code, code_verifier: codeVerifier }),
    renew: (refreshToken: string) => token({ grant_type: 'refresh_token', refresh_token: refreshToken }),
  };
};
