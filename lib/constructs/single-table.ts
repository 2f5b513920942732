import { Stack } from 'aws-cdk-lib';
import type { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb';
import { AttributeType, Billing, ProjectionType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { keys, tableSchema } from '../../functions/table/schema.ts';
import type { StageConfig } from '../stages.ts';
import { acknowledge, wildcardBehind } from './acknowledge.ts';
import type { ServiceFunction } from './service-function.ts';

/** What decides the table's safety. */
export interface SingleTableProps {
  stage: StageConfig;
}

/**
 * How far a function's use of the table goes; all include `read`. `sale-links` writes the links of contacts to sales, and
 * who made them: no contact, and nothing that is sold.
 */
export type TableAccess = 'read' | 'write' | 'sale-links';

const itemActions = {
  read: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
  write: ['dynamodb:ConditionCheckItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
} as const;

const keyActions = {
  read: ['kms:Decrypt', 'kms:DescribeKey'],
  write: ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
} as const;

const upTo = (access: 'read' | 'write', actions: Record<'read' | 'write', readonly string[]>): readonly string[] =>
  access === 'read' ? actions.read : [...actions.read, ...actions.write];

/** Looks at an item in a transaction and changes nothing. */
const CHECK = 'dynamodb:ConditionCheckItem';

/** Ids of shops are 26 characters, so that no other kind of partition can match, whatever its parts hold. */
const ANY_SHOP = '?'.repeat(26);

/** Partitions that links to sales are kept in, and the audit trail of them. */
const saleLinkPartitions = [
  keys.saleSummary(ANY_SHOP, '*').pk,
  keys.auditEntry(ANY_SHOP, { kind: 'sale-link', id: '*' }, '', '').pk,
  keys.auditEntry(ANY_SHOP, { kind: 'sale-source', id: '*' }, '', '').pk,
];

/** True only where a call says which partitions it writes, and all of them are among these. */
const withinPartitions = (partitions: readonly string[]) => ({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
  Null: { 'dynamodb:LeadingKeys': 'false' },
});

const stringAttribute = (name: string) => ({ name, type: AttributeType.STRING });

const makeTable = (scope: Construct, stage: StageConfig): TableV2 =>
  new TableV2(scope, 'Table', {
    tableName: `vidriera-${stage.stage}`,
    partitionKey: stringAttribute(tableSchema.partitionKey),
    sortKey: stringAttribute(tableSchema.sortKey),
    globalSecondaryIndexes: Object.entries(tableSchema.indexes).map(([indexName, { partitionKey, sortKey }]) => ({
      indexName,
      partitionKey: stringAttribute(partitionKey),
      sortKey: stringAttribute(sortKey),
      projectionType: ProjectionType.ALL,
    })),
    billing: Billing.onDemand(),
    deletionProtection: stage.deletionProtection,
    dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: stage.removalPolicy,
    timeToLiveAttribute: tableSchema.ttl,
  });

/** The construct takes a key of ours only where it knows the region; our stacks know none, so the template says it. */
const encryptWith = (table: TableV2, key: Key): void => {
  const resource = table.node.defaultChild as CfnGlobalTable;
  resource.addPropertyOverride('SSESpecification', { SSEEnabled: true, SSEType: 'KMS' });
  resource.addPropertyOverride('Replicas.0.SSESpecification', { KMSMasterKeyId: key.keyArn });
};

/** The one table, made from the key schema, under a key of its own. */
export class SingleTable extends Construct {
  readonly key: Key;
  readonly table: TableV2;
  readonly streamArn: string;

  constructor(scope: Construct, id: string, { stage }: SingleTableProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: `Vidriera ${stage.stage}: the table`,
      enableKeyRotation: true,
      removalPolicy: stage.removalPolicy,
    });
    this.table = makeTable(this, stage);
    encryptWith(this.table, this.key);
    if (this.table.tableStreamArn === undefined) throw new Error('the table has no stream');
    this.streamArn = this.table.tableStreamArn;
  }

  /** Lets the function read, or read and write, and tells it the table's name. There is no grant to scan. */
  bind(fn: ServiceFunction, access: TableAccess): void {
    const { tableArn, tableName } = this.table;
    const indexArns = Object.keys(tableSchema.indexes).map((index) => `${tableArn}/index/${index}`);
    fn.tell('TABLE_NAME', tableName);
    if (access === 'sale-links') this.#allowSaleLinks(fn);
    else fn.allow({ actions: upTo(access, itemActions), resources: [tableArn] });
    fn.allow({ actions: ['dynamodb:Query'], resources: indexArns });
    this.#allowKey(fn, upTo(access === 'read' ? 'read' : 'write', keyActions));
  }

  #allowSaleLinks(fn: ServiceFunction): void {
    const resources = [this.table.tableArn];
    fn.allow({ actions: [...itemActions.read, CHECK], resources });
    fn.allow({
      actions: itemActions.write.filter((action) => action !== CHECK),
      resources,
      conditions: withinPartitions(saleLinkPartitions),
    });
  }

  /** Lets the function follow the changes of the table. */
  bindStream(fn: ServiceFunction): void {
    fn.allow({
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [this.streamArn],
    });
    fn.allow({ actions: ['dynamodb:ListStreams'], resources: [`${this.table.tableArn}/stream/*`] });
    acknowledge(fn.role, {
      [wildcardBehind(this, this.table.tableArn, '/stream/*')]:
        'who lists streams names none of them; these are of our table',
    });
  }

  #allowKey(fn: ServiceFunction, actions: readonly string[]): void {
    const { region, urlSuffix } = Stack.of(this);
    fn.allow({
      actions,
      resources: [this.key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${region}.${urlSuffix}` } },
    });
  }
}
