import { render } from 'preact';
import { pageRoot } from '../ui/page-data.ts';
import { SimulatorPage } from './simulator-page.tsx';
import { pageLanguage } from './words.ts';

const language = pageLanguage();
document.documentElement.lang = language;
render(<SimulatorPage language={language} />, pageRoot());
