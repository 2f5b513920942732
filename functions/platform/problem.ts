import { AppError, type ErrorCode, errorCatalogue, type FieldError } from '#core/errors.ts';

/** A problem document (RFC 9457), with our stable `code` and whatever helps the caller act. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  [member: string]: unknown;
}

/** The problem document of a failure. What is not ours to show is said as `internal`, without its words. */
export const toProblem = (error: unknown): Problem => {
  const known = error instanceof AppError ? error : new AppError('internal', 'something failed on our side; try again');
  return {
    ...known.details,
    type: `/docs#problem-${known.code}`,
    title: errorCatalogue[known.code].title,
    status: known.status,
    detail: known.message,
    code: known.code,
  };
};

/** The part of a zod issue that we read: its kind, where, and what it expected. */
interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  /** What speaks against each form that a value may have. */
  readonly errors?: readonly (readonly Issue[])[];
}

const fewest = (forms: readonly (readonly Issue[])[]): readonly Issue[] =>
  forms.reduce((best, form) => (form.length < best.length ? form : best));

const fieldErrors = (issue: Issue, root: string): FieldError[] => {
  if (issue.code === 'invalid_union' && issue.errors && issue.errors.length > 0) {
    // what was meant is likely the form with the least against it
    const meant = fewest(issue.errors).map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
    return meant.flatMap((one) => fieldErrors(one, root));
  }
  const path = issue.path.map(String).join('.');
  const at = (extra?: string) => [path, extra].filter(Boolean).join('.') || root;
  if (issue.code === 'unrecognized_keys' && issue.keys) {
    return issue.keys.map((key) => ({ field: at(key), code: 'unknown', message: 'there is no such field' }));
  }
  return [{ field: at(), code: issue.code ?? 'invalid', message: issue.message }];
};

/** The failure of a request part that breaks its schema: names every field, in the path's dotted form. */
export const invalidRequest = (issues: readonly Issue[], root: 'body' | 'query' | 'params'): AppError => {
  const errors = issues.flatMap((issue) => fieldErrors(issue, root));
  const fields = errors.map(({ field }) => field).join(', ');
  return new AppError('request.invalid', `not valid: ${fields}`, { details: { errors } });
};
