import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AppSecret } from '../constructs/app-secret.ts';
import { PictureBucket } from '../constructs/picture-bucket.ts';
import { SingleTable } from '../constructs/single-table.ts';
import type { StageConfig } from '../stages.ts';

/** What every stack is told. */
export interface VidrieraStackProps extends StackProps {
  stage: StageConfig;
}

/** Everything that must outlive a deployment: the table and its key, the pictures, the application secret. */
export class DataStack extends Stack {
  readonly table: SingleTable;
  readonly pictures: PictureBucket;
  readonly secret: AppSecret;

  constructor(scope: Construct, id: string, { stage, ...props }: VidrieraStackProps) {
    super(scope, id, { ...props, terminationProtection: stage.deletionProtection });
    this.table = new SingleTable(this, 'Data', { stage });
    this.pictures = new PictureBucket(this, 'Pictures', { stage });
    this.secret = new AppSecret(this, 'AppSecret', { stage });
    new CfnOutput(this, 'TableName', { value: this.table.table.tableName });
    new CfnOutput(this, 'PictureBucketName', { value: this.pictures.bucketName });
  }
}
