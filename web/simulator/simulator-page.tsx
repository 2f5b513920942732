import { useState } from 'preact/hooks';
import { EmptyState } from '../ui/empty-state.tsx';
import { Icon } from '../ui/icons.tsx';
import { Toast, useToast } from '../ui/toast.tsx';
import { readAddress, withPhones } from './address.ts';
import { type Desk, DeskContext, useDesk } from './desk.ts';
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

const useOpenPhones = (world: World) => {
  const [ids, setIds] = useState(() => firstOpen(world));
  const change = (next: string[]): void => {
    history.replaceState(null, '', `${location.pathname}${withPhones(location.search, next)}`);
    setIds(next);
  };
  return {
    open: ids.flatMap((id) => world.phones.filter(({ phoneId }) => phoneId === id)),
    isOpen: (phoneId: string) => ids.includes(phoneId),
    toggle: (phoneId: string) => change(ids.includes(phoneId) ? ids.filter((id) => id !== phoneId) : [...ids, phoneId]),
  };
};

const Loaded = () => {
  const { words, world } = useDesk();
  const phones = useOpenPhones(world);
  const [wanted] = useState(() => readAddress(location.search));
  const [drawer, setDrawer] = useState(() => matchMedia('(min-width: 1200px)').matches);
  return (
    <div class={drawer ? 'desk has-drawer' : 'desk'}>
      <PhoneRail isOpen={phones.isOpen} toggle={phones.toggle} />
      <main class="handsets" aria-label={words.title}>
        {phones.open.length === 0 && <EmptyState icon="chat" title={words.noneOpen} hint={words.noneOpenHint} />}
        {phones.open.map((phone, index) => (
          <Handset
            key={phone.phoneId}
            phone={phone}
            wanted={index === 0 ? wanted : undefined}
            onClose={() => phones.toggle(phone.phoneId)}
          />
        ))}
      </main>
      <button
        type="button"
        class="drawer-handle button"
        aria-label={words.meta}
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
  if (world === undefined) {
    return failed ? (
      <EmptyState icon="window" title={words.loadFailed} whole>
        <button type="button" class="button" onClick={reload}>
          {words.tryAgain}
        </button>
      </EmptyState>
    ) : null;
  }
  const run: Desk['run'] = async (action) => {
    try {
      return await action();
    } catch (error) {
      say(`${words.failed}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  return (
    <DeskContext.Provider value={{ words, language, world, run, say }}>
      {lost && (
        <p class="lost" role="status">
          {words.lost}
        </p>
      )}
      <Loaded />
      <Toast text={toast} />
    </DeskContext.Provider>
  );
};
