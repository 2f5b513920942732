import { describe, expect, it } from 'vitest';
import { type CloudFormationTemplate, stackNames, synthesize } from '../../lib/app.ts';

/** Types whose names are taken once for the whole account, or once for a region of it. */
const named = [
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::CloudWatch::Dashboard',
  'AWS::DynamoDB::GlobalTable',
  'AWS::Logs::LogGroup',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::SecretsManager::Secret',
];

const namesIn = ({ Resources }: CloudFormationTemplate): string[] =>
  Object.values(Resources)
    .filter(({ Type }) => named.includes(Type))
    .flatMap(({ Type, Properties = {} }) => {
      const text = JSON.stringify(Properties);
      const names = [...text.matchAll(/"(?:\w*Name|Name)":("(?:[^"\\]|\\.)*"|\{[^}]*\})/g)].map(([, name]) => name);
      return names.filter((name) => name?.includes('-') || name?.includes('Site')).map((name) => `${Type} ${name}`);
    });

const namesOf = (stage: string): string[] => {
  const templates = synthesize({ stage });
  return stackNames.flatMap((name) => namesIn(templates[name]));
};

describe('two stages in one account', () => {
  it('have no name in common', () => {
    const [one, other] = [new Set(namesOf('dev')), namesOf('prod')];
    expect(one.size).toBeGreaterThan(10);
    expect(other.filter((name) => one.has(name))).toEqual([]);
  });
});
