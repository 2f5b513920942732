import { describe, expect, it } from 'vitest';
import { outgoingKey } from '../../functions/conversations/media-file.ts';
import { tableSchema } from '../../functions/table/schema.ts';
import { inWords, only, templatesOf } from './templates.ts';

const dev = templatesOf('dev').data;
const prod = templatesOf('prod').data;
const tableOf = (template: typeof dev) => only(template, 'AWS::DynamoDB::GlobalTable');
const retained = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
const keptTypes = [
  'AWS::DynamoDB::GlobalTable',
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::SQS::Queue',
];
const kept = (template: typeof dev) => Object.values(template.Resources).filter(({ Type }) => keptTypes.includes(Type));

describe('table', () => {
  it('has the keys and indexes of the schema, all attributes in each', () => {
    const { partitionKey, sortKey, indexes } = tableSchema;
    const schemaOf = (keys: { partitionKey: string; sortKey: string }) => [
      { AttributeName: keys.partitionKey, KeyType: 'HASH' },
      { AttributeName: keys.sortKey, KeyType: 'RANGE' },
    ];
    expect(tableOf(dev)).toMatchObject({
      TableName: 'vidriera-dev',
      KeySchema: schemaOf({ partitionKey, sortKey }),
      GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, keys]) => ({
        IndexName,
        KeySchema: schemaOf(keys),
        Projection: { ProjectionType: 'ALL' },
      })),
    });
  });

  it('is billed by use, streams both images, expires items, and can be restored to any second', () => {
    expect(tableOf(dev)).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: tableSchema.ttl, Enabled: true },
      Replicas: [{ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
    });
  });

  it('is encrypted under a key of its own that rotates', () => {
    expect(inWords(templatesOf('dev'), tableOf(dev))).toMatchObject({
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [{ SSESpecification: { KMSMasterKeyId: '<DataKey.Arn>' } }],
    });
    expect(only(dev, 'AWS::KMS::Key')).toMatchObject({ EnableKeyRotation: true });
  });

  it('refuses deletion in prod only', () => {
    expect(tableOf(prod)['Replicas'][0].DeletionProtectionEnabled).toBe(true);
    expect(tableOf(dev)['Replicas'][0].DeletionProtectionEnabled).toBe(false);
  });
});

describe('what is kept', () => {
  it('outlives its stack in prod', () => {
    expect(kept(prod)).toHaveLength(24);
    for (const resource of kept(prod)) expect(resource).toMatchObject(retained);
  });

  it('goes with its stack elsewhere', () => {
    for (const resource of kept(dev)) expect(resource).toMatchObject({ DeletionPolicy: 'Delete' });
  });
});

describe('picture bucket', () => {
  const bucketOf = (template: typeof dev) => only(template, 'AWS::S3::Bucket', 'Pictures');

  it('is closed to the public', () => {
    expect(bucketOf(dev)['PublicAccessBlockConfiguration']).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
  });

  it('takes uploads from the site and drops abandoned ones', () => {
    const [rule] = bucketOf(dev)['CorsConfiguration'].CorsRules;
    expect(rule).toMatchObject({ AllowedMethods: ['GET', 'PUT'], AllowedOrigins: ['https://*.cloudfront.net'] });
    expect(bucketOf(dev)['LifecycleConfiguration'].Rules).toMatchObject([
      { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' },
    ]);
  });

  it('takes uploads from its own domain alone where there is one', () => {
    const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/a';
    const { data } = templatesOf('dev', { domainName: 'shop.example.com', certificateArn });
    expect(bucketOf(data)['CorsConfiguration'].CorsRules[0].AllowedOrigins).toEqual(['https://shop.example.com']);
  });

  it('keeps what was replaced for a month in prod', () => {
    expect(bucketOf(prod)).toMatchObject({ VersioningConfiguration: { Status: 'Enabled' } });
    expect(bucketOf(prod)['LifecycleConfiguration'].Rules).toContainEqual(
      expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: 30 } }),
    );
    expect(bucketOf(dev)).not.toHaveProperty('VersioningConfiguration');
  });

  it('is read by CloudFront of this account and over TLS only', () => {
    const { Statement } = only(dev, 'AWS::S3::BucketPolicy', 'Pictures')['PolicyDocument'];
    expect(inWords(templatesOf('dev'), Statement)).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      {
        Action: 's3:GetObject',
        Condition: { ArnLike: { 'AWS:SourceArn': 'arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/*' } },
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Resource: '<Pictures.Arn>/*',
      },
    ]);
  });
});

describe.each(['MediaFiles', 'Archive', 'ShopFiles'])('the bucket %s', (id) => {
  it.each([dev, prod])('is encrypted, and closed to the public and to whoever comes without TLS', (template) => {
    expect(only(template, 'AWS::S3::Bucket', id)).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    const { Statement } = only(template, 'AWS::S3::BucketPolicy', id)['PolicyDocument'];
    expect(Statement).toMatchObject([
      { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } }, Principal: { AWS: '*' } },
    ]);
  });
});

describe('files that shops bring in and take out', () => {
  it('go after 30 days, and come from the site alone', () => {
    for (const template of [dev, prod]) {
      const bucket = only(template, 'AWS::S3::Bucket', 'ShopFiles');
      const expiring = bucket['LifecycleConfiguration'].Rules.filter((rule: object) => 'ExpirationInDays' in rule);
      expect(expiring).toEqual([expect.not.objectContaining({ Prefix: expect.anything() })]);
      expect(expiring[0].ExpirationInDays).toBe(30);
    }
    const [rule] = only(dev, 'AWS::S3::Bucket', 'ShopFiles')['CorsConfiguration'].CorsRules;
    expect(rule).toMatchObject({ AllowedMethods: ['GET', 'PUT'], AllowedOrigins: ['https://*.cloudfront.net'] });
  });
});

describe('files of conversations', () => {
  it('are uploaded and read from the site, and from nowhere else', () => {
    expect(only(dev, 'AWS::S3::Bucket', 'MediaFiles')['CorsConfiguration'].CorsRules).toEqual([
      {
        AllowedHeaders: ['content-type'],
        AllowedMethods: ['GET', 'PUT'],
        AllowedOrigins: ['https://*.cloudfront.net'],
        MaxAge: 3600,
      },
    ]);
  });

  it('that sellers uploaded go after 400 days, and no others', () => {
    for (const template of [dev, prod]) {
      const { Rules } = only(template, 'AWS::S3::Bucket', 'MediaFiles')['LifecycleConfiguration'];
      const expiring = Rules.filter((rule: object) => 'ExpirationInDays' in rule);
      expect(expiring).toEqual([expect.objectContaining({ ExpirationInDays: 400, Prefix: 'uploads/' })]);
    }
    const key = outgoingKey('01JD3V7K0PQRSTVWXYZ0123456', '01JD3W6Y7Z8A9B0C1D2E3F4G5H', 'image/png');
    expect(key.startsWith('uploads/')).toBe(true);
  });

  it('are kept for a month after they were removed, in prod', () => {
    const bucket = only(prod, 'AWS::S3::Bucket', 'MediaFiles');
    expect(bucket).toMatchObject({ VersioningConfiguration: { Status: 'Enabled' } });
    expect(bucket['LifecycleConfiguration'].Rules).toContainEqual(
      expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: 30 } }),
    );
  });
});

describe('archive', () => {
  it('forgets webhooks after 90 days, and what was too big for a queue after 14', () => {
    const { Rules } = only(prod, 'AWS::S3::Bucket', 'Archive')['LifecycleConfiguration'];
    const days = Rules.map((rule: Record<string, unknown>) => [rule['Prefix'], rule['ExpirationInDays']]);
    expect(days).toEqual([
      [undefined, undefined],
      ['webhooks/', 90],
      ['claims/', 30],
    ]);
    expect(only(prod, 'AWS::S3::Bucket', 'Archive')).not.toHaveProperty('CorsConfiguration');
  });
});

describe('secret of the Meta app', () => {
  it('is nobody’s app until the operator sets it, under a name that operators type', () => {
    expect(only(dev, 'AWS::SecretsManager::Secret', 'MetaApp')).toMatchObject({
      Name: 'vidriera/dev/meta',
      GenerateSecretString: {
        GenerateStringKey: 'verifyToken',
        PasswordLength: 32,
        SecretStringTemplate: '{"appId":"","appSecret":""}',
      },
    });
  });
});

describe('application secret', () => {
  it('is 64 random characters under a name that operators type', () => {
    expect(only(dev, 'AWS::SecretsManager::Secret', 'AppSecret')).toMatchObject({
      Name: 'vidriera/dev/app',
      GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
    });
  });
});
