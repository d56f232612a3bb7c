"""Where the transport refuses to connect: whatever is not on the public internet."""

import asyncio

import pytest

from crawlers.transport import PrivateAddressError, PublicResolver, refuse_private

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
