/** The control API says no. */
export class ControlRefused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What is asked for must be there. */
export const found = <Value>(value: Value | undefined, what: string): Value => {
  if (value === undefined) throw new ControlRefused(404, `there is no ${what}`);
  return value;
};
