import { AppError, invalidField } from '#core/errors.ts';
import { AwsCallError, type AwsService, callAws } from './aws-call.ts';
import { readEnv, readOptionalEnv } from './env.ts';

/** Inviting sends a mail before it answers. */
const TIMEOUT_MS = 3000;

const COGNITO: AwsService = {
  name: 'cognito-idp',
  target: 'AWSCognitoIdentityProviderService',
  version: '1.1',
  timeoutMs: TIMEOUT_MS,
};

/** Somebody's account at the identity provider. */
export interface Account {
  /** The provider's subject: who they are in tokens, and in the table. */
  userId: string;
  /** They have chosen a password, and so were here. */
  hasSignedIn: boolean;
}

interface CognitoUser {
  UserStatus?: string;
  Attributes?: readonly { Name?: string; Value?: string }[];
  UserAttributes?: readonly { Name?: string; Value?: string }[];
}

const endpoint = (): URL => {
  const { AWS_REGION } = readEnv('AWS_REGION');
  const local = readOptionalEnv('AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER') ?? readOptionalEnv('AWS_ENDPOINT_URL');
  return new URL(local ?? `https://cognito-idp.${AWS_REGION}.amazonaws.com`);
};

/** Too many calls, no more mails today, or a mail that could not be handed over. */
const later = [
  'TooManyRequestsException',
  'LimitExceededException',
  'CodeDeliveryFailureException',
  'ThrottlingException',
];

const isCalled = (error: unknown, name: string): boolean => error instanceof AwsCallError && error.name === name;

const translate = (error: unknown): unknown => {
  const isRefusal = error instanceof AwsCallError && error.status < 500 && !later.includes(error.name);
  if (isRefusal) return error;
  return new AppError('directory.unavailable', 'the sign-in service did not do it', { cause: error });
};

const call = async (operation: string, input: object): Promise<unknown> => {
  try {
    return await callAws(COGNITO, operation, endpoint(), input);
  } catch (error) {
    throw translate(error);
  }
};

/** Whoever is gone needs nothing more. */
const unlessGone = async (work: Promise<unknown>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (!isCalled(error, 'UserNotFoundException')) throw error;
  }
};

const toAccount = ({ UserStatus, Attributes, UserAttributes }: CognitoUser): Account => {
  const userId = (Attributes ?? UserAttributes ?? []).find(({ Name }) => Name === 'sub')?.Value;
  if (!userId) throw new Error('Cognito gave a user without a subject');
  return { userId, hasSignedIn: UserStatus !== 'FORCE_CHANGE_PASSWORD' };
};

/** Words of a mail address or a name that Cognito does not take. */
const notTaken = (error: unknown): unknown =>
  isCalled(error, 'InvalidParameterException')
    ? invalidField('email', 'not-accepted', 'the sign-in service does not take this address')
    : error;

/** Whom an invitation goes to. */
export interface Invitation {
  email: string;
  name: string;
}

const invitation = ({ email, name }: Invitation) => ({
  Username: email,
  DesiredDeliveryMediums: ['EMAIL'],
  UserAttributes: Object.entries({ email, email_verified: 'true', name }).map(([Name, Value]) => ({ Name, Value })),
});

/**
 * Who may sign in: the accounts of a user pool. Every call may be repeated. Each throws `directory.unavailable` where
 * Cognito does not answer or takes no more for now, and `AwsCallError` for what it refuses for good.
 * Source: Amazon Cognito user pools API reference, "AdminCreateUser", "AdminDisableUser", "AdminEnableUser",
 * "AdminUserGlobalSignOut", "AdminDeleteUser", "AdminGetUser".
 */
export const openDirectory = (userPoolId: string) => {
  const inPool = (operation: string, input: object) => call(operation, { UserPoolId: userPoolId, ...input });
  return {
    /**
     * Makes an account and tells nobody, or finds the one that the address has. Throws `request.invalid` for an address
     * that Cognito does not take.
     */
    open: async (whom: Invitation): Promise<Account> => {
      try {
        const input = { ...invitation(whom), MessageAction: 'SUPPRESS' };
        const made = (await inPool('AdminCreateUser', input)) as { User?: CognitoUser };
        return toAccount(made.User ?? {});
      } catch (error) {
        if (!isCalled(error, 'UsernameExistsException')) throw notTaken(error);
        return toAccount((await inPool('AdminGetUser', { Username: whom.email })) as CognitoUser);
      }
    },

    /** Whether somebody has an account and was here with it. */
    hasSignedIn: async (userId: string): Promise<boolean> => {
      try {
        return toAccount((await inPool('AdminGetUser', { Username: userId })) as CognitoUser).hasSignedIn;
      } catch (error) {
        if (isCalled(error, 'UserNotFoundException')) return false;
        throw error;
      }
    },

    /**
     * Mails an invitation to somebody who has an account, with a password that replaces the one mailed before. Whoever
     * signed in meanwhile keeps what they have.
     */
    invite: async (whom: Invitation): Promise<void> => {
      try {
        await inPool('AdminCreateUser', { ...invitation(whom), MessageAction: 'RESEND' });
      } catch (error) {
        // Cognito's word for an account that has a password of its own
        if (!isCalled(error, 'UnsupportedUserStateException')) throw notTaken(error);
      }
    },

    /** Lets somebody sign in again. An account that is gone stays so. */
    enable: (userId: string): Promise<void> => unlessGone(inPool('AdminEnableUser', { Username: userId })),

    /** Lets somebody sign in no more, nor renew the tokens they have; those end within minutes. */
    disable: async (userId: string): Promise<void> => {
      await unlessGone(inPool('AdminDisableUser', { Username: userId }));
      await unlessGone(inPool('AdminUserGlobalSignOut', { Username: userId }));
    },

    /** Removes an account for good, with the tokens that it could renew. */
    remove: (userId: string): Promise<void> => unlessGone(inPool('AdminDeleteUser', { Username: userId })),
  };
};
