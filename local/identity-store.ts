import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

interface Entry {
  payload: AdapterPayload;
  expiresAt: number;
}

const MAX_ENTRIES = 10_000;

/** Where the local identity provider keeps sessions, codes and grants. */
export interface IdentityStore {
  adapter: AdapterFactory;
  /** Forgets all that would let somebody go on without signing in anew. */
  signOut: (accountId: string) => void;
}

/** Keeps them in memory: a restart signs everybody out. */
export const createIdentityStore = (): IdentityStore => {
  const entries = new Map<string, Entry>();
  const live = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    if (entry && entry.expiresAt > Date.now()) return entry.payload;
    entries.delete(key);
    return undefined;
  };
  const findBy = (kind: string, field: 'uid' | 'userCode' | 'grantId', value: string) =>
    [...entries].filter(([key, { payload }]) => key.startsWith(`${kind}:`) && payload[field] === value);
  const keep = (key: string, payload: AdapterPayload, seconds: number): void => {
    entries.delete(key);
    entries.set(key, { payload, expiresAt: Date.now() + seconds * 1000 });
    const oldest = entries.size > MAX_ENTRIES ? entries.keys().next().value : undefined;
    if (oldest !== undefined) entries.delete(oldest);
  };

  const adapter: AdapterFactory = (kind): Adapter => {
    const first = (field: 'uid' | 'userCode', value: string) => {
      const [found] = findBy(kind, field, value);
      return found && live(found[0]);
    };
    return {
      upsert: async (id, payload, expiresIn = Number.MAX_SAFE_INTEGER / 1e6) =>
        keep(`${kind}:${id}`, payload, expiresIn),
      find: async (id) => live(`${kind}:${id}`),
      findByUid: async (uid) => first('uid', uid),
      findByUserCode: async (userCode) => first('userCode', userCode),
      consume: async (id) => {
        const payload = live(`${kind}:${id}`);
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
      },
      destroy: async (id) => {
        entries.delete(`${kind}:${id}`);
      },
      revokeByGrantId: async (grantId) => {
        for (const [key] of findBy(kind, 'grantId', grantId)) entries.delete(key);
      },
    };
  };
  const signOut = (accountId: string): void => {
    for (const [key, { payload }] of entries) if (payload.accountId === accountId) entries.delete(key);
  };
  return { adapter, signOut };
};
