import { Aws, CfnResource, Duration, Stack } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnManagedLoginBranding,
  FeaturePlan,
  LambdaVersion,
  ManagedLoginVersion,
  Mfa,
  UserPool,
  UserPoolOperation,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { StageConfig } from '../stages.ts';
import { acknowledge } from './acknowledge.ts';
import type { ServiceFunction } from './service-function.ts';

/** Who signs users in, and what stands in their tokens. */
export interface UserDirectoryProps {
  stage: StageConfig;
  /** Adds shop and role to a token before it is issued. */
  preToken: ServiceFunction;
}

/** Where the console signs a user in, as it finds it in its settings. */
export interface SignIn {
  authorizeUrl: string;
  tokenUrl: string;
  logoutUrl: string;
  clientId: string;
}

/** What inviting and sending away users takes, and no more: nothing that sets a password or reads a list. */
const governing = [
  'AdminCreateUser',
  'AdminDeleteUser',
  'AdminDisableUser',
  'AdminEnableUser',
  'AdminGetUser',
  'AdminUserGlobalSignOut',
].map((operation) => `cognito-idp:${operation}`);

/** Stands where the site's address belongs until the web stack knows it; no browser can ever reach it. */
const UNKNOWN_SITE = 'https://site.invalid';

/**
 * The settings of the console's app client, in the words of CloudFormation and of the Cognito API alike. It is public
 * and takes the code flow only (Cognito checks PKCE when a challenge comes). It may write a name and an address but
 * nothing that says which shop or role a user has: those live in the table.
 */
export const consoleClientSettings = (siteUrl: string) => ({
  AccessTokenValidity: 15,
  AllowedOAuthFlows: ['code'],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthScopes: ['openid', 'email', 'profile'],
  CallbackURLs: [`${siteUrl}/console`],
  EnableTokenRevocation: true,
  ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
  IdTokenValidity: 15,
  LogoutURLs: [`${siteUrl}/console`],
  PreventUserExistenceErrors: 'ENABLED',
  ReadAttributes: ['email', 'email_verified', 'name'],
  RefreshTokenValidity: 12,
  SupportedIdentityProviders: ['COGNITO'],
  TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'hours' },
  WriteAttributes: ['email', 'name'],
});

/** In the language of most shops first: who is invited has set none yet. Cognito asks for both of its words. */
const invitationTo = (domainName: string | undefined) => {
  const [where, at] =
    domainName === undefined
      ? ['la consola de la tienda', 'the shop’s console']
      : Array.from({ length: 2 }, () => `<a href="https://${domainName}/console">https://${domainName}/console</a>`);
  return {
    emailSubject: 'Tu acceso a Vidriera',
    emailBody: [
      `<p>Te invitaron a trabajar en una tienda de Vidriera. Ingresá en ${where} con tu correo {username} y esta`,
      'contraseña, que vas a cambiar al entrar: <b>{####}</b>. Vale siete días; si llega otro correo, vale la del último.</p>',
      `<p>You were invited to work in a shop of Vidriera. Sign in at ${at} with your address {username} and this`,
      'password, which you will change at once: <b>{####}</b>. It is good for seven days, or until the next mail.</p>',
    ].join(' '),
  };
};

const makePool = (
  scope: Construct,
  { stage, mfa, deletionProtection, removalPolicy, domainName }: StageConfig,
): UserPool => {
  const pool = new UserPool(scope, 'Pool', {
    userPoolName: `vidriera-${stage}`,
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    autoVerify: { email: true },
    deletionProtection,
    featurePlan: FeaturePlan.ESSENTIALS,
    mfa: mfa === 'required' ? Mfa.REQUIRED : Mfa.OPTIONAL,
    mfaSecondFactor: { otp: true, sms: false },
    passwordPolicy: {
      minLength: 12,
      requireDigits: true,
      requireLowercase: true,
      requireSymbols: true,
      requireUppercase: true,
      tempPasswordValidity: Duration.days(7),
    },
    removalPolicy,
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    standardAttributes: { email: { required: true, mutable: true }, fullname: { required: false, mutable: true } },
    userInvitation: invitationTo(domainName),
  });
  acknowledge(pool, {
    'AwsSolutions-COG8':
      'the Plus plan multiplies the price of every user; Essentials has what we need: claims in tokens',
    ...(mfa !== 'required' && {
      'AwsSolutions-COG2': 'a second factor is optional in stages without real customers; prod requires it',
    }),
  });
  return pool;
};

/** The users of all shops, the page where they sign in, and the console's app client. */
export class UserDirectory extends Construct {
  readonly pool: UserPool;
  readonly clientId: string;
  /** Host of the sign-in page, with its scheme. */
  readonly signInUrl: string;

  constructor(scope: Construct, id: string, { stage, preToken }: UserDirectoryProps) {
    super(scope, id);
    this.pool = makePool(this, stage);
    this.pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, preToken.lambda, LambdaVersion.V2_0);
    const siteUrl = stage.domainName === undefined ? UNKNOWN_SITE : `https://${stage.domainName}`;
    const client = new CfnResource(this, 'ConsoleClient', {
      type: 'AWS::Cognito::UserPoolClient',
      properties: {
        UserPoolId: this.pool.userPoolId,
        ClientName: 'console',
        GenerateSecret: false,
        ...consoleClientSettings(siteUrl),
      },
    });
    this.clientId = client.ref;
    this.signInUrl = this.#makeSignInPage(stage);
  }

  /** Who signs the tokens, as their `iss` says it. */
  get issuer(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `https://cognito-idp.${region}.${urlSuffix}/${this.pool.userPoolId}`;
  }

  /** What the console has to know to sign a user in. */
  get signIn(): SignIn {
    return {
      authorizeUrl: `${this.signInUrl}/oauth2/authorize`,
      tokenUrl: `${this.signInUrl}/oauth2/token`,
      logoutUrl: `${this.signInUrl}/logout`,
      clientId: this.clientId,
    };
  }

  /** Lets the function make, look at, disable, enable, sign out and delete accounts, and tells it the pool. */
  bind(fn: ServiceFunction): void {
    fn.tell('USER_POOL_ID', this.pool.userPoolId);
    fn.allow({ actions: governing, resources: [this.pool.userPoolArn] });
  }

  #makeSignInPage({ stage }: StageConfig): string {
    const domainPrefix = `vidriera-${stage}-${Aws.ACCOUNT_ID}`;
    const domain = this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    const branding = new CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: this.pool.userPoolId,
      clientId: this.clientId,
      useCognitoProvidedValues: true,
    });
    branding.node.addDependency(domain);
    return `https://${domainPrefix}.auth.${Stack.of(this).region}.amazoncognito.com`;
  }
}
