import { useEffect, useState } from 'preact/hooks';
import { SIMULATOR_API, type SimulatorEvent } from '../../local/whatsapp-simulator/simulator-api.ts';
import { loadWorld } from './simulator-calls.ts';
import { applyEvent, type World } from './world.ts';

/** What the page knows of the simulator. */
export interface LiveWorld {
  world: World | undefined;
  /** The state could not be read. */
  failed: boolean;
  /** No connection at this moment; it is tried again by itself. */
  lost: boolean;
  reload: () => void;
}

const RETRY_MS = 2000;

interface Following {
  take: (event: SimulatorEvent) => void;
  setLost: (lost: boolean) => void;
  /** The browser has given up: from the start again. */
  onEnd: () => void;
}

const follow = (sequence: number, { take, setLost, onEnd }: Following): (() => void) => {
  const source = new EventSource(`${SIMULATOR_API}/events?after=${sequence}`);
  source.onopen = () => setLost(false);
  source.onerror = () => {
    setLost(true);
    if (source.readyState === EventSource.CLOSED) onEnd();
  };
  source.onmessage = ({ data }: MessageEvent<string>) => take(JSON.parse(data) as SimulatorEvent);
  return () => source.close();
};

/** The simulator's state, kept up to date by its stream of events; tried again by itself for as long as it is away. */
export const useWorld = (): LiveWorld => {
  const [round, setRound] = useState(0);
  const [world, setWorld] = useState<World>();
  const [failed, setFailed] = useState(false);
  const [lost, setLost] = useState(false);
  const reload = () => setRound((now) => now + 1);
  useEffect(() => {
    let stop = () => {};
    let isCurrent = true;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const again = (): void => {
      retry = setTimeout(reload, RETRY_MS);
    };
    const take = (event: SimulatorEvent): void => {
      if (event.kind === 'reload') reload();
      else setWorld((now) => now && applyEvent(now, event));
    };
    loadWorld().then(
      (state) => {
        if (!isCurrent) return;
        setFailed(false);
        setWorld(state);
        stop = follow(state.sequence, { take, setLost, onEnd: again });
      },
      () => {
        if (!isCurrent) return;
        setFailed(true);
        setLost(true);
        again();
      },
    );
    return () => {
      isCurrent = false;
      clearTimeout(retry);
      stop();
    };
  }, [round]);
  return { world, failed, lost, reload };
};
