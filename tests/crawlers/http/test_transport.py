"""Where the transport refuses to connect, and when it waits."""

import asyncio

import pytest
from scrapy import Request
from scrapy.http import Headers

from crawlers.http.transport import (
    HostTurns,
    PrivateAddressError,
    PublicResolver,
    TooLargeError,
    Transport,
    refuse_private,
    retry_after,
)
from tests.support.loopback import MONDAY

PRIVATE = [
    "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",  # noqa: S104
    "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1%eth0",
    "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
]  # fmt: skip
PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused_in_every_disguise(address: str) -> None:
    with pytest.raises(PrivateAddressError, match="not a public address"):
        refuse_private(address, "portal.example")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    refuse_private(address, "portal.example")


@pytest.mark.parametrize("name", ["localhost"])
def test_names_are_judged_by_where_they_lead(name: str) -> None:
    async def resolve() -> None:
        resolver = PublicResolver()
        try:
            await resolver.resolve(name, 80)
        finally:
            await resolver.close()

    with pytest.raises(PrivateAddressError, match="localhost leads to"):
        asyncio.run(resolve())


def test_retry_after_is_read_in_both_its_forms() -> None:
    def asked(value: str) -> float | None:
        return retry_after(Headers({"Retry-After": value}), MONDAY)

    assert asked("17") == 17
    assert asked("Mon, 16 Nov 2020 05:00:30 GMT") == 30
    assert asked("Mon, 16 Nov 2020 04:00:00 GMT") == 0
    assert asked("soon") is None
    assert retry_after(Headers(), MONDAY) is None


def test_a_host_that_rests_is_left_alone_by_everybody() -> None:
    """Who waits for the host waits on; another host does not."""
    order: list[str] = []

    async def turn(turns: HostTurns, host: str) -> None:
        async with turns.of(host):
            order.append(host)

    async def run() -> float:
        turns = HostTurns()
        turns.pause("slow.example", 0.2)
        turns.pause("slow.example", 0.01)  # a shorter pause does not end the longer one
        began = asyncio.get_running_loop().time()
        hosts = ("slow.example", "slow.example", "other.example")
        await asyncio.gather(*(turn(turns, host) for host in hosts))
        return asyncio.get_running_loop().time() - began

    assert asyncio.run(run()) >= 0.19
    assert order == ["other.example", "slow.example", "slow.example"]


def test_a_body_that_is_announced_as_too_large_is_not_waited_for() -> None:
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000001\r\n\r\n")
        await reader.read()  # nothing of it comes until the other side hangs up
        writer.close()
        await writer.wait_closed()
        hung_up.set()

    hung_up = asyncio.Event()

    async def download() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        address = "{}:{}".format(*server.sockets[0].getsockname())
        transport = Transport({"portal.example": address}, HostTurns(), 1_000_000, 30.0, 60.0)
        try:
            with pytest.raises(TooLargeError, match="larger than 1,000,000 bytes"):
                await transport.download_request(Request("http://portal.example/large.pdf"))
        finally:
            await transport.close()
            server.close()
            await hung_up.wait()

    asyncio.run(download())
    assert len(asked) == 1
