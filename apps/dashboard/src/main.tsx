import './design/tokens.css';
import './design/base.css';
import './design/page.css';
import './design/panels.css';
import { render } from 'preact';
import { App } from './app/app.js';
import { Dashboard } from './app/dashboard.js';
import { DashboardProvider } from './app/dashboard-context.js';
import { followTheme } from './design/theme.js';

followTheme();
const dashboard = new Dashboard();
const root = document.getElementById('app');
if (root === null) throw new Error('the page has no #app');
render(
  <DashboardProvider value={dashboard}>
    <App />
  </DashboardProvider>,
  root,
);
dashboard.start();
