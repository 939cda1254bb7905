/** The page at `/`: what is predicted now, the versions, a way back. No framework, nothing from another host. */

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #ccc }
td.number { font-variant-numeric: tabular-nums }
button { font: inherit; padding: .1rem .6rem }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #161616 } a { color: #8cb4ff } th, td { border-color: #444 } }`;

export const PAGE_SCRIPT = `
const byId = (id) => document.getElementById(id);
const percent = (share) => (100 * share).toFixed(1) + ' %';
function row(cells) {
  const tr = document.createElement('tr');
  for (const cell of cells) {
    const td = document.createElement('td');
    if (cell instanceof Node) td.append(cell); else td.textContent = cell;
    tr.append(td);
  }
  return tr;
}

const devices = new Map();
function show(prediction) {
  const key = prediction.user + '\\u0000' + prediction.device;
  const { user, device, window, activity, confidence, label, modelVersion, latencyMs } = prediction;
  const tr = row([user, device, window.end.slice(11, 19), activity, percent(confidence), label ?? '', 'v' + modelVersion, latencyMs + ' ms']);
  devices.get(key)?.remove();
  devices.delete(key);
  devices.set(key, tr);
  byId('predictions').prepend(tr);
  if (devices.size > 50) {
    const [oldest, element] = devices.entries().next().value;
    element.remove();
    devices.delete(oldest);
  }
}
// Server-sent events by fetch: an EventSource can't show a token.
let lastEvent = '';
async function listen() {
  try {
    const response = await ask('/v1/events?channel=predictions&mode=update', { headers: lastEvent && { 'last-event-id': lastEvent } });
    if (response.status === 401) return;
    if (response.ok) {
      byId('state').textContent = 'connected';
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const events = (text + part.value).split('\\n\\n');
        text = events.pop();
        events.forEach(take);
      }
    } else lastEvent = '';
  } catch {
    // Said below.
  }
  byId('state').textContent = 'connection lost, trying again';
  setTimeout(listen, 2000);
}
function take(event) {
  const fields = Object.fromEntries(event.split('\\n').map((line) => line.split(/: ?(.*)/, 2)));
  if (fields.id) lastEvent = fields.id;
  if (fields.data && !fields.event) show(JSON.parse(fields.data));
}

// For this tab alone.
let token = sessionStorage.getItem('hark-token') ?? '';
async function ask(path, { method, headers } = {}) {
  const authorization = token && { authorization: 'Bearer ' + token };
  const response = await fetch(path, { method, headers: { ...authorization, ...headers } });
  if (response.status === 401) {
    byId('state').textContent = token ? 'this token is not known' : 'a token is needed';
    byId('access').hidden = false;
  }
  return response;
}
byId('access').onsubmit = (event) => {
  event.preventDefault();
  token = byId('token').value.trim();
  sessionStorage.setItem('hark-token', token);
  byId('token').value = '';
  byId('access').hidden = true;
  listen();
  refresh();
};

async function rollBack(version) {
  byId('answer').textContent = 'rolling back to v' + version + ' …';
  const response = await ask('/v1/models/' + version + '/rollback', { method: 'POST' });
  const answer = await response.json();
  byId('answer').textContent = response.ok
    ? 'v' + answer.to + ' answers from window record ' + answer.effectiveAt.offset + ' on, in place of v' + answer.from
    : answer.detail;
  await versions();
}
async function versions() {
  if (!byId('access').hidden) return;
  const response = await ask('/v1/models');
  if (!response.ok) return;
  const { versions } = await response.json();
  byId('versions').replaceChildren(...versions.slice(0, 20).map((each) => {
    const button = document.createElement('button');
    button.textContent = 'roll back to v' + each.version;
    button.onclick = () => rollBack(each.version).catch((error) => { byId('answer').textContent = error.message; });
    const since = each.metricsSince.windows === 0 ? '' : percent(each.metricsSince.accuracy) + ' of ' + each.metricsSince.windows;
    return row(['v' + each.version, each.alias ?? '', each.cause, each.windowsLearned, percent(each.metrics.accuracy), since,
      each.alias === 'current' ? '' : button]);
  }));
}

listen();
const refresh = () => versions().catch(() => undefined);
refresh();
setInterval(refresh, 5000);`;

export const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hark</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
<h1>Hark</h1>
<p>Recognises what people are doing from the accelerometers and gyroscopes of their phones and watches, learns while it
runs, and keeps every version of its model.</p>
<form id="access" hidden>
<p><label>Token with the role subscribe or operate <input id="token" type="password" autocomplete="off" required></label> <button>use it</button></p>
</form>
<h2>Now</h2>
<p>Live predictions: <span id="state" role="status">connecting</span></p>
<table>
<thead><tr><th>User<th>Device<th>Window end<th>Activity<th>Confidence<th>Label<th>Model<th>Latency</thead>
<tbody id="predictions"></tbody>
</table>
<h2>Model versions</h2>
<p id="answer" role="status"></p>
<table>
<thead><tr><th>Version<th><th>Made for<th>Windows learned<th>Accuracy then<th>Accuracy since<th></thead>
<tbody id="versions"></tbody>
</table>
<h2>More</h2>
<ul>
<li><a href="/v1/models">Model versions</a>, <a href="/v1/sessions">sessions</a>, <a href="/v1/replays">replays</a> (JSON)
<li><a href="/v1/status">Status</a>, <a href="/health/ready">readiness</a>, <a href="/metrics">metrics</a>
<li>Live: WebSocket <code>/v1/live</code>, or <code>curl -N /v1/events?channel=predictions</code>
</ul>
<script>${PAGE_SCRIPT}</script>
</html>
`;
