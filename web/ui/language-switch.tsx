import type { Language } from '#core/messages/core-types.ts';
import { isLanguage, languageNames } from '#core/messages/languages.ts';
import { Icon } from './icons.tsx';

interface LanguageSwitchProps {
  label: string;
  language: Language;
  onChange: (language: Language) => void;
}

/** Chooses the page's language. */
export const LanguageSwitch = ({ label, language, onChange }: LanguageSwitchProps) => (
  <div class="language">
    <select
      aria-label={label}
      value={language}
      onChange={({ currentTarget }) => isLanguage(currentTarget.value) && onChange(currentTarget.value)}
    >
      {Object.entries(languageNames).map(([code, name]) => (
        <option key={code} value={code} lang={code}>
          {name}
        </option>
      ))}
    </select>
    <Icon name="down" />
  </div>
);
