import { useEffect, useState } from 'preact/hooks';
import { msUntilChange, secondsLeftAt } from './countdown.ts';

/** Seconds left, counting down from what the server said each time it says it; `onZero` once it gets there. */
export const useSecondsLeft = (said: { seconds: number; atMs: number }, onZero: () => void): number => {
  const [nowMs, setNowMs] = useState(() => performance.now());
  const left = secondsLeftAt(said.seconds, said.atMs, Math.max(nowMs, said.atMs));
  useEffect(() => {
    if (said.seconds <= 0) return;
    const timer = setTimeout(() => (left === 0 ? onZero() : setNowMs(performance.now())), msUntilChange(left));
    return () => clearTimeout(timer);
  }, [said, left, nowMs]);
  return left;
};
