import { AwsError } from './engine.ts';
import { readScheduleExpression } from './schedule-expression.ts';
import type { ScheduleTarget } from './scheduler-firing.ts';

/** The fields of CreateSchedule and UpdateSchedule, with their defaults filled in. */
interface ScheduleInput {
  ScheduleExpression: string;
  ScheduleExpressionTimezone: string;
  Target: ScheduleTarget;
  FlexibleTimeWindow: { Mode: string; MaximumWindowInMinutes?: number };
  State: string;
  ActionAfterCompletion: string;
  Description?: string;
  /** Epoch seconds. */
  StartDate?: number;
  /** Epoch seconds. */
  EndDate?: number;
}

/** A schedule as it is kept. */
export interface Schedule {
  group: string;
  name: string;
  arn: string;
  input: ScheduleInput;
  clientToken?: string;
  created: number;
  modified: number;
  /** The last time for which the target was called or given up; epoch ms. */
  firedFor?: number;
}

const invalid = (text: string): AwsError => new AwsError('ValidationException', text);

/** A name of a schedule or a group; throws a ValidationException for one that AWS, or a file system, would refuse. */
export const nameOf = (name: string): string => {
  if (!/^[0-9a-zA-Z_.-]{1,64}$/.test(name) || /^\.+$/.test(name)) {
    throw invalid(`Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy [0-9a-zA-Z-_.]+`);
  }
  return name;
};

const oneOf = (field: string, value: unknown, allowed: readonly string[], fallback?: string): string => {
  const given = value ?? fallback;
  if (typeof given === 'string' && allowed.includes(given)) return given;
  throw invalid(`${field} must be one of ${allowed.join(', ')}`);
};

const readTarget = (value: unknown): ScheduleTarget => {
  const target = (value ?? {}) as ScheduleTarget;
  if (!/^arn:aws/.test(target.Arn ?? '')) throw invalid('Target.Arn must be an ARN');
  if (!/^arn:aws[^:]*:iam::\d{12}:role\/.+/.test(target.RoleArn ?? '')) throw invalid('Target.RoleArn must be a role');
  return target;
};

const assertPeriod = ({ StartDate, EndDate }: { StartDate?: number; EndDate?: number }): void => {
  if (StartDate !== undefined && EndDate !== undefined && EndDate <= StartDate) {
    throw invalid('The EndDate you specify must come after the StartDate.');
  }
};

/** Reads and checks a schedule's fields; throws a ValidationException as AWS would, before anything is kept. */
export function readSchedule(
  body: Record<string, unknown>,
  { group, name }: { group: string; name: string },
  arnBase: string,
  now: number,
): Schedule {
  const { ClientToken, Name: _, GroupName: __, ...fields } = body as unknown as ScheduleInput & Record<string, unknown>;
  const window = (fields.FlexibleTimeWindow ?? {}) as ScheduleInput['FlexibleTimeWindow'];
  oneOf('FlexibleTimeWindow.Mode', window.Mode, ['OFF', 'FLEXIBLE']);
  const zone = fields.ScheduleExpressionTimezone ?? 'UTC';
  readScheduleExpression(String(fields.ScheduleExpression), zone);
  assertPeriod(fields);
  return {
    group: nameOf(group),
    name: nameOf(name),
    arn: `${arnBase}:schedule/${group}/${name}`,
    input: {
      ...fields,
      ScheduleExpressionTimezone: zone,
      Target: readTarget(fields.Target),
      State: oneOf('State', fields.State, ['ENABLED', 'DISABLED'], 'ENABLED'),
      ActionAfterCompletion: oneOf('ActionAfterCompletion', fields.ActionAfterCompletion, ['NONE', 'DELETE'], 'NONE'),
    },
    clientToken: typeof ClientToken === 'string' ? ClientToken : undefined,
    created: now,
    modified: now,
  };
}
