import { useEffect, useRef, useState } from 'preact/hooks';
import { EmptyState } from '../ui/empty-state.tsx';
import { Icon } from '../ui/icons.tsx';
import { Toast, useToast } from '../ui/toast.tsx';
import { readAddress, type Wanted, withPhones } from './address.ts';
import { type Desk, DeskContext, messageOf, useDesk, useWorldNow, WorldContext } from './desk.ts';
import { Handset } from './handset.tsx';
import { MetaDrawer } from './meta-drawer.tsx';
import { PhoneRail } from './phone-rail.tsx';
import { useWorld } from './use-world.ts';
import { type PageLanguage, wordsOf } from './words.ts';
import type { World } from './world.ts';

/** The phones of the address; the first customer when it names none; for a text that waits, one to send it from. */
const firstOpen = ({ phones }: World): string[] => {
  const wanted = readAddress(location.search).phoneIds.filter((id) => phones.some(({ phoneId }) => phoneId === id));
  return wanted.length > 0 ? wanted : phones.slice(0, 1).map(({ phoneId }) => phoneId);
};

/** On a small screen there is one telephone at a time. */
const hasRoomForOne = (): boolean => matchMedia('(max-width: 719px)').matches;

const useOpenPhones = (world: World) => {
  const [ids, setIds] = useState(() => firstOpen(world));
  const change = (next: string[]): void => {
    history.replaceState(null, '', `${location.pathname}${withPhones(location.search, next)}`);
    setIds(next);
  };
  return {
    open: ids.flatMap((id) => world.phones.filter(({ phoneId }) => phoneId === id)),
    isOpen: (phoneId: string) => ids.includes(phoneId),
    close: (phoneId: string) => change(ids.filter((id) => id !== phoneId)),
    toggle: (phoneId: string) => {
      if (hasRoomForOne()) change([phoneId]);
      else change(ids.includes(phoneId) ? ids.filter((id) => id !== phoneId) : [...ids, phoneId]);
    },
    /** Whatever waited in the address was used. */
    keep: () => change(ids),
  };
};

const Loaded = () => {
  const { words } = useDesk();
  const world = useWorldNow();
  const phones = useOpenPhones(world);
  const [wanted, setWanted] = useState<Wanted | undefined>(() => readAddress(location.search));
  const [first] = useState(() => phones.open.map(({ phoneId }) => phoneId));
  const taken = (): void => {
    if (wanted?.text === undefined) return;
    setWanted(undefined);
    phones.keep();
  };
  const [drawer, setDrawer] = useState(() => matchMedia('(min-width: 1200px)').matches);
  const isEmpty = world.phones.length === 0;
  return (
    <div class={drawer ? 'desk has-drawer' : 'desk'}>
      <PhoneRail isOpen={phones.isOpen} toggle={phones.toggle} />
      <main class="handsets" aria-label={words.title}>
        {phones.open.length === 0 && (
          <EmptyState
            icon="chat"
            title={isEmpty ? words.noPhones : words.noneOpen}
            hint={isEmpty ? words.noPhonesHint : words.noneOpenHint}
          />
        )}
        {phones.open.map((phone, index) => (
          <Handset
            key={phone.phoneId}
            phone={phone}
            wanted={index === 0 ? wanted : undefined}
            isNew={!first.includes(phone.phoneId)}
            onTaken={taken}
            onClose={() => phones.close(phone.phoneId)}
          />
        ))}
      </main>
      <button
        type="button"
        class="drawer-handle button"
        aria-label={words.drawer}
        aria-expanded={drawer}
        onClick={() => setDrawer(!drawer)}
      >
        <Icon name={drawer ? 'close' : 'knobs'} />
        {!drawer && <span class="drawer-label">{words.meta}</span>}
      </button>
      {drawer && <MetaDrawer />}
    </div>
  );
};

/** The whole page: customers, their telephones, and how Meta behaves today. */
export const SimulatorPage = ({ language }: { language: PageLanguage }) => {
  const words = wordsOf[language];
  const { world, failed, lost, reload } = useWorld();
  const { toast, say } = useToast();
  const latest = useRef(world);
  latest.current = world;
  const [desk] = useState((): Desk => {
    const run: Desk['run'] = async (action) => {
      try {
        return await action();
      } catch (error) {
        say(`${words.failed}: ${messageOf(error)}`);
        return undefined;
      }
    };
    const hasPhone = (id: string) => Boolean(latest.current?.phones.some(({ phoneId }) => phoneId === id));
    return { words, language, run, say, hasPhone };
  });
  useEffect(() => {
    document.title = `${words.title} · Vidriera`;
  }, [words]);
  if (world === undefined) {
    return failed ? (
      <EmptyState icon="window" title={words.loadFailed} whole>
        <button type="button" class="button" onClick={reload}>
          {words.tryAgain}
        </button>
      </EmptyState>
    ) : (
      <p class="loading soft" role="status">
        {words.loading}
      </p>
    );
  }
  return (
    <DeskContext.Provider value={desk}>
      <WorldContext.Provider value={world}>
        {lost && (
          <p class="lost" role="status">
            {words.lost}
          </p>
        )}
        <Loaded />
        <Toast text={toast} />
      </WorldContext.Provider>
    </DeskContext.Provider>
  );
};
