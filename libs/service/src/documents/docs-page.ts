import { curlOf } from './curl.js';
import { DOCS_STYLE } from './docs-style.js';
import { Html, html } from './html.js';
import type { OpenApiDocument, OpenApiOperation, OpenApiResponse, Parameter } from './openapi.js';
import { schemaText } from './schema-text.js';

/** A section that an app adds; `content` holds the element with the id. */
export interface DocsSection {
  readonly id: string;
  readonly title: string;
  readonly content: Html;
}

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: OpenApiOperation;
}

/**
 * An OpenAPI document as one page: every operation, with its example as a command, and every schema.
 *
 * @param base where the examples ask. @param more sections after the operations.
 */
export function docsPage(document: OpenApiDocument, base: string, more: readonly DocsSection[]): string {
  const { info, tags, paths, components } = document;
  const entries = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): Entry => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
  const sections = tags.map(({ name, description }) => {
    const own = entries.filter(({ operation }) => operation.tags.includes(name));
    return html`<section>
      <h2 id="tag-${name}">${capital(name)}</h2>
      <p>${description}</p>
      ${own.map(operationHtml)}
    </section>`;
  });
  const contents = tags.map(({ name }) => {
    const own = entries.filter(({ operation }) => operation.tags.includes(name));
    return html`<li>
      <a href="#tag-${name}">${capital(name)}</a>
      <ul>
        ${own.map(
          ({ method, path, operation }) =>
            html`<li>
              <a href="#${operation.operationId}"><b class="${method}">${method}</b> ${path}</a>
            </li> `,
        )}
      </ul>
    </li>`;
  });
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      html`<article id="schema-${name}">
        <h3>${name}</h3>
        <pre>${linked(schemaText(schema), components.schemas)}</pre>
      </article> `,
  );
  return `<!doctype html>\n${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title}</title>
        <link rel="icon" href="data:," />
        <style>
          ${new Html(DOCS_STYLE)}
        </style>
      </head>
      <body>
        <nav aria-label="Operations">
          <ul>
            ${contents} ${more.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li> `)}
            <li><a href="#schemas">Schemas</a></li>
          </ul>
        </nav>
        <main>
          <h1>${info.title}</h1>
          ${info.description.split('\n\n').map((text) => html`<p>${text}</p> `)}
          <p>The same for programs: <a href="/openapi.json">openapi.json</a>. In the examples,</p>
          <pre>HARK=${base}</pre>
          ${sections} ${more.map(({ content }) => content)}
          <section>
            <h2 id="schemas">Schemas</h2>
            ${schemas}
          </section>
        </main>
      </body>
    </html>`.text
  }\n`;

  function operationHtml({ method, path, operation }: Entry): Html {
    const {
      operationId,
      summary,
      description,
      parameters = [],
      requestBody,
      responses,
      security,
    } = operation;
    const [role] = security.flatMap(({ token = [] }) => token);
    const curl = curlOf(method, path, operation);
    const bodies = Object.entries(requestBody?.content ?? {});
    return html`<article id="${operationId}">
      <h3>
        <a href="#${operationId}"><b class="${method}">${method}</b> <code>${path}</code></a>
      </h3>
      <p>${summary}. ${description} ${role !== undefined && html`<small>Role: ${role}</small>`}</p>
      ${curl !== null && html`<pre class="example">${curl}</pre>`}
      ${
        parameters.length > 0 &&
        html`<table>
          <tr>
            <th>Parameter</th>
            <th>In</th>
            <th>Value</th>
            <th>Meaning</th>
          </tr>
          ${parameters.map(parameterRow)}
        </table>`
      }
      ${
        bodies.length > 0 &&
        html`<h4>Body${!requestBody?.required && ' (may be left out)'}</h4>
          ${bodies.map(
            ([type, { schema }]) =>
              html`<p><code>${type}</code></p>
                <pre>${linked(schemaText(schema), components.schemas)}</pre> `,
          )}`
      }
      <h4>Answers</h4>
      <table>
        ${Object.entries(responses).map(([status, response]) => responseRow(status, response))}
      </table>
    </article>`;
  }

  function responseRow(status: string, { description, content = {} }: OpenApiResponse): Html {
    const types = Object.entries(content).filter(([type]) => type !== 'application/problem+json');
    return html`<tr class="${status.startsWith('2') ? 'good' : 'problem'}">
      <th>${status}</th>
      <td>${description}</td>
      <td>
        ${types.map(
          ([type, { schema }]) =>
            html`<code>${type}</code>
              <pre>${linked(schemaText(schema), components.schemas)}</pre> `,
        )}
      </td>
    </tr>`;
  }
}

function parameterRow({ name, in: place, required, description, schema }: Parameter): Html {
  const { default: otherwise } = schema;
  return html`<tr>
    <td><code>${name}</code>${required && ' *'}</td>
    <td>${place}</td>
    <td><code>${schemaText(schema)}</code></td>
    <td>${description} ${otherwise !== undefined && `default ${JSON.stringify(otherwise)}`}</td>
  </tr>`;
}

/** Names of schemas lead to them. */
function linked(text: string, schemas: Readonly<Record<string, unknown>>): Html {
  const parts = text.split(/\b([A-Z][A-Za-z]+)\b/);
  return html`${parts.map((part) =>
    Object.hasOwn(schemas, part) ? html`<a href="#schema-${part}">${part}</a>` : part,
  )}`;
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
