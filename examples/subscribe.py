"""Prints what devices are doing, as they do it, through lost connections and restarts of the service.

    pip install websockets
    python3 examples/subscribe.py [URL [USER...]]

From the beginning of the log with SINCE=earliest; with a token in HARK_TOKEN. Ctrl-C ends it.
"""

import asyncio
import json
import os
import random
import sys

import websockets


async def predictions(url, token=None, users=None, since="latest"):
    """Every final prediction after `since`, each once, over as many sockets as it takes."""
    pause = 0.25
    while True:
        try:
            # The service pings every 15 s. `open_timeout` is for a host that does not answer at all.
            async with websockets.connect(url, open_timeout=10, ping_interval=15, max_size=None) as socket:
                await socket.send(json.dumps({"type": "connection_init", "payload": {"token": token} if token else {}}))
                async for text in socket:
                    message = json.loads(text)
                    kind = message["type"]
                    if kind == "connection_ack":
                        wanted = {"channel": "predictions", "since": since}
                        if users:
                            wanted["users"] = users
                        await socket.send(json.dumps({"type": "subscribe", "id": "s1", "payload": wanted}))
                    elif kind == "ping":
                        await socket.send('{"type":"pong"}')
                    elif kind in ("subscribed", "next"):
                        # The cursor: what follows it comes, on this socket or on the next.
                        since = {"epoch": message["epoch"], "offset": message["offset"]}
                        if kind == "next":
                            pause = 0.25
                            yield message["payload"]
                    elif kind == "error":
                        raise RuntimeError("{code}: {message}".format(**message["payload"]))
            reason = "the service closed the socket"
        except websockets.ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
            if code in (4400, 4401, 4403, 4409):
                raise
            reason = str(closed)
        except (OSError, asyncio.TimeoutError, websockets.InvalidHandshake) as error:
            reason = str(error)
        wait = pause * random.uniform(0.5, 1)
        print(f"{reason}; trying again in {wait:.2f} s", file=sys.stderr)
        await asyncio.sleep(wait)
        pause = min(pause * 2, 30)


async def main(url="http://127.0.0.1:3000", *users):
    live = url.replace("http", "ws", 1).rstrip("/") + "/v1/live"
    token, since = os.environ.get("HARK_TOKEN"), os.environ.get("SINCE", "latest")
    async for each in predictions(live, token, list(users), since):
        print(
            each["window"]["end"],
            each["user"] + "/" + each["device"],
            each["activity"],
            f"{each['confidence']:.2f}",
            flush=True,
        )


try:
    asyncio.run(main(*sys.argv[1:]))
except KeyboardInterrupt:
    pass
