import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { storedToken, storeToken, takeToken } from './app/session';
import './styles/index.css';

// First of all, so that the token is seen by nobody but this page.
const given = takeToken();

if (given) {
  storeToken(given);
}

createRoot(document.getElementById('root')!).render(<App initialToken={given || storedToken()} brokenLink={given === ''} />);
