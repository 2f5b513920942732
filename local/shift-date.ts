/**
 * Moves every reading of the present by the offset (milliseconds, BigInt64 at 0) that the clock of the local cloud
 * shares. Code that runs afterwards needs no knowledge of it.
 */
export const shiftDate = (offset: SharedArrayBuffer): void => {
  const shared = new BigInt64Array(offset);
  const RealDate = Date;
  const realNow = RealDate.now.bind(RealDate);
  const now = (): number => realNow() + Number(Atomics.load(shared, 0));
  const ShiftedDate = new Proxy(RealDate, {
    construct: (target, values, newTarget) =>
      Reflect.construct(target, values.length > 0 ? values : [now()], newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, property) => (property === 'now' ? now : Reflect.get(target, property)),
  });
  RealDate.prototype.constructor = ShiftedDate;
  globalThis.Date = ShiftedDate;
};
