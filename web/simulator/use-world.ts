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

const follow = (sequence: number, take: (event: SimulatorEvent) => void, setLost: (lost: boolean) => void) => {
  const source = new EventSource(`${SIMULATOR_API}/events?after=${sequence}`);
  source.onopen = () => setLost(false);
  source.onerror = () => setLost(true);
  source.onmessage = ({ data }: MessageEvent<string>) => take(JSON.parse(data) as SimulatorEvent);
  return () => source.close();
};

/** The simulator's state, kept up to date by its stream of events. */
export const useWorld = (): LiveWorld => {
  const [round, setRound] = useState(0);
  const [world, setWorld] = useState<World>();
  const [failed, setFailed] = useState(false);
  const [lost, setLost] = useState(false);
  const reload = () => setRound((now) => now + 1);
  useEffect(() => {
    let stop = () => {};
    let isCurrent = true;
    const take = (event: SimulatorEvent): void => {
      if (event.kind === 'reload') reload();
      else setWorld((now) => now && applyEvent(now, event));
    };
    loadWorld().then(
      (state) => {
        if (!isCurrent) return;
        setFailed(false);
        setWorld(state);
        stop = follow(state.sequence, take, setLost);
      },
      () => isCurrent && setFailed(true),
    );
    return () => {
      isCurrent = false;
      stop();
    };
  }, [round]);
  return { world, failed, lost, reload };
};
