import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readJsonFiles, replaceFile } from './files.ts';

/** Somebody's account in a user pool, as it is kept. */
export interface PoolAccount {
  /** The subject, which is the username too where people sign in with their address. */
  userId: string;
  email: string;
  name: string;
  enabled: boolean;
  status: 'FORCE_CHANGE_PASSWORD' | 'CONFIRMED';
  createdAt: number;
  changedAt: number;
  /** Gone; kept so that whoever the table still names does not come back. */
  deletedAt?: number;
}

/** Somebody the table names, who was never invited here: users of the demo, and those that a command made. */
export type KnownUser = Pick<PoolAccount, 'userId' | 'email' | 'name'>;

/** Finds those by subject, or by address in lower case. */
export interface KnownUsers {
  bySubject: (userId: string) => Promise<KnownUser | undefined>;
  byEmail: (email: string) => Promise<KnownUser | undefined>;
}

/** The accounts there are, in memory and one file each. */
export interface AccountShelf {
  /** By subject or address; undefined where there is none. */
  find(username: string): Promise<PoolAccount | undefined>;
  keep(account: PoolAccount): Promise<void>;
}

const isGone = ({ deletedAt }: PoolAccount): boolean => deletedAt !== undefined;

/** Opens the accounts of a folder; in memory without one. */
export async function openAccountShelf(options: {
  folder?: string;
  known: KnownUsers;
  now: () => number;
}): Promise<AccountShelf> {
  const { folder, known, now } = options;
  const loaded = folder === undefined ? [] : await readJsonFiles<PoolAccount>(folder);
  const accounts = new Map(loaded.map((account) => [account.userId, account]));

  const fromTable = (user: KnownUser | undefined): PoolAccount | undefined => {
    // the shelf has its own word about whoever it has heard of
    if (user === undefined || accounts.has(user.userId)) return undefined;
    const { userId, email, name } = user;
    return { userId, email, name, enabled: true, status: 'CONFIRMED', createdAt: now(), changedAt: now() };
  };
  return {
    async find(username) {
      const bySubject = accounts.get(username) ?? fromTable(await known.bySubject(username));
      if (bySubject) return isGone(bySubject) ? undefined : bySubject;
      const email = username.toLowerCase();
      const there = [...accounts.values()].find((account) => !isGone(account) && account.email.toLowerCase() === email);
      return there ?? fromTable(await known.byEmail(email));
    },
    async keep(account) {
      const name = `${createHash('sha256').update(account.userId).digest('hex')}.json`;
      if (folder !== undefined) await replaceFile(join(folder, name), JSON.stringify(account, null, 2), 0o600);
      accounts.set(account.userId, account);
    },
  };
}
