/** What `/` says where the dashboard was not built. No script, nothing from another host. */
export const UNBUILT_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hark</title>
<h1>Hark is running, its dashboard is not built</h1>
<p>In the project's folder run <code>npm run build</code>, then start the gateway anew.</p>
<p>Everything else is here: <a href="/docs">every call</a>, <a href="/v1/models">model versions</a>,
<a href="/v1/sessions">sessions</a>, <a href="/health/ready">readiness</a>.</p>
</html>
`;
