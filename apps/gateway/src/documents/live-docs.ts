import { html, schemaText, type DocsSection, type Html } from '@hark/service/documents';
import type { AsyncApiDocument, AsyncMessage } from './asyncapi.js';

/** The live channels, as a part of the page at `/docs`. */
export function liveDocs({ info, channels, components }: AsyncApiDocument): DocsSection {
  const own = (prefix: string): AsyncMessage[] =>
    Object.values(components.messages).filter(({ name }) => name.startsWith(prefix));
  const { live, events, ...data } = channels;
  const content = html`<section>
    <h2 id="live">Live</h2>
    ${info.description.split('\n\n').map((text) => html`<p>${text}</p> `)}
    <p>The same for programs: <a href="/asyncapi.json">asyncapi.json</a>.</p>
    <article id="websocket">
      <h3>
        <a href="#websocket"><b class="GET">WS</b> <code>${live.address}</code></a>
      </h3>
      <p>${live.summary}. <small>Role: subscribe</small></p>
      <pre class="example">${WEBSOCKET_EXAMPLE}</pre>
      <h4>From the client</h4>
      ${messageTable(own('client.'))}
      <h4>From the server</h4>
      ${messageTable(own('server.'))}
      <h4>Close codes</h4>
      <table>
        ${Object.entries(live['x-close-codes'] ?? {}).map(
          ([code, meaning]) =>
            html`<tr>
              <th>${code}</th>
              <td>${meaning}</td>
            </tr> `,
        )}
      </table>
    </article>
    <article id="events">
      <h3>
        <a href="#events"><b class="GET">GET</b> <code>${events.address}</code></a>
      </h3>
      <p>${events.summary}. <small>Role: subscribe</small></p>
      <pre class="example">${EVENTS_EXAMPLE}</pre>
      ${messageTable(own('event.'))}
    </article>
    ${Object.entries(data).map(
      ([name, { address, summary }]) =>
        html`<article id="channel-${name}">
          <h3>
            <a href="#channel-${name}">Channel <code>${address}</code></a>
          </h3>
          <p>${summary}. Payload:</p>
          <pre>${payloadText(components.messages[`channel.${name}`])}</pre>
        </article> `,
    )}
    ${Object.entries(components.schemas).map(
      ([name, schema]) =>
        html`<article id="live-${name}">
          <h3>${name}</h3>
          <pre>${schemaText(schema)}</pre>
        </article> `,
    )}
  </section>`;
  return { id: 'live', title: 'Live channels', content };
}

const EVENTS_EXAMPLE = `curl -N "$HARK/v1/events?channel=predictions&since=earliest"`;

const WEBSOCKET_EXAMPLE = `const socket = new WebSocket('ws://127.0.0.1:3000/v1/live');
const send = (message) => socket.send(JSON.stringify(message));
socket.onopen = () => send({ type: 'connection_init' });
socket.onmessage = ({ data }) => {
  const { type, payload } = JSON.parse(data);
  if (type === 'connection_ack') send({ type: 'subscribe', id: 's1', payload: { channel: 'predictions' } });
  if (type === 'next') console.log(payload.user, payload.device, payload.activity, payload.confidence);
};`;

function messageTable(messages: readonly AsyncMessage[]): Html {
  return html`<table>
    ${messages.map(
      (message) =>
        html`<tr>
          <th>${message.title}</th>
          <td>${message.summary}</td>
          <td><pre>${payloadText(message)}</pre></td>
        </tr> `,
    )}
  </table>`;
}

function payloadText({ payload }: AsyncMessage): string {
  return schemaText(payload);
}
