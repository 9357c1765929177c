"""slixmpp, controlled by lines: commands on standard input, JSON on standard output."""

import asyncio
import json
import sys

import slixmpp
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

EVENT = "{http://jabber.org/protocol/pubsub#event}"


def tell(**what):
    print(json.dumps(what), flush=True)


class Client(slixmpp.ClientXMPP):
    def __init__(self, jid):
        super().__init__(jid, "secret")
        self.register_plugin("xep_0060")
        self["feature_mechanisms"].unencrypted_plain = True
        self.add_event_handler("session_start", self.started)
        self.add_event_handler("failed_auth", lambda _: tell(event="refused"))
        self.add_event_handler("presence_available", self.present)
        self.add_event_handler("disconnected", lambda _: tell(event="disconnected"))
        self.register_handler(
            Callback("notification", MatchXPath(f"{{jabber:client}}message/{EVENT}event"), self.heard)
        )

    async def started(self, _event):
        self.send_presence(ppriority=0)
        # Most programs do this. The answer must do no harm.
        await self.get_roster()

    def present(self, presence):
        if presence["from"].user == "finesse":
            tell(event="beacon")

    def heard(self, message):
        items = message.xml.find(f"{EVENT}event/{EVENT}items")
        notification = items[0][0]
        tell(event="notification", node=items.get("node"), text=notification.text)

    async def follow(self, domain):
        reader = asyncio.StreamReader()
        await self.loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := (await reader.readline()).decode().strip():
            command, _, argument = line.partition(" ")
            if command == "subscribe":
                answer = await self["xep_0060"].subscribe(
                    f"pubsub.{domain}", argument, subscribee=self.boundjid.full
                )
                tell(event="subscribed", state=answer["pubsub"]["subscription"]["subscription"])
            elif command == "disconnect":
                await self.disconnect(wait=2.0)
                return


async def main(user, domain, port):
    client = Client(f"{user}@{domain}/slixmpp")
    client.connect(("127.0.0.1", port), force_starttls=False, disable_starttls=True)
    await client.follow(domain)


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
