#!/usr/bin/python3
"""A second reader and writer of the vault, made from src/store/vault_format.h alone.

    vault_reader.py read  VAULT PASSPHRASE_FILE            prints {"ID": "KEY", …}
    vault_reader.py write VAULT PASSPHRASE_FILE [LOG2_N]   takes the same on standard input

The passphrase is the first line of its file.
"""

import hashlib
import json
import os
import struct
import sys

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

HEADER = struct.Struct(">8sIIII32s12sI")
TAG_SIZE = 16
CHECKSUM_SIZE = 32


def cipher(passphrase, log2_n, r, p, salt):
    n = 2**log2_n
    memory = 128 * r * (n + p) + 2**20
    key = hashlib.scrypt(passphrase, salt=salt, n=n, r=r, p=p, maxmem=memory, dklen=32)
    return AESGCM(key)


def read(content, passphrase):
    checked, checksum = content[:-CHECKSUM_SIZE], content[-CHECKSUM_SIZE:]
    assert hashlib.sha256(checked).digest() == checksum, "the checksum does not match"
    header, sealed = checked[: HEADER.size], checked[HEADER.size :]
    magic, version, log2_n, r, p, salt, nonce, length = HEADER.unpack(header)
    assert magic == b"SIPDESKV" and version == 1, "this is no vault of version 1"
    assert len(sealed) == length + TAG_SIZE, "the length does not match"
    records = cipher(passphrase, log2_n, r, p, salt).decrypt(nonce, sealed, header)
    texts = records.decode("ascii").split("\0")[:-1]
    ids = texts[0::2]
    assert ids == sorted(set(ids)), "the ids are not in order"
    return dict(zip(ids, texts[1::2]))


def write(keys, passphrase, log2_n):
    records = "".join(f"{id}\0{key}\0" for id, key in sorted(keys.items())).encode("ascii")
    salt, nonce = os.urandom(32), os.urandom(12)
    header = HEADER.pack(b"SIPDESKV", 1, log2_n, 8, 1, salt, nonce, len(records))
    checked = header + cipher(passphrase, log2_n, 8, 1, salt).encrypt(nonce, records, header)
    return checked + hashlib.sha256(checked).digest()


def main():
    action, vault, passphrase_file = sys.argv[1:4]
    with open(passphrase_file, "rb") as file:
        passphrase = file.readline().rstrip(b"\n")
    if action == "read":
        with open(vault, "rb") as file:
            print(json.dumps(read(file.read(), passphrase)))
    else:
        log2_n = int(sys.argv[4]) if len(sys.argv) > 4 else 17
        content = write(json.load(sys.stdin), passphrase, log2_n)
        with open(vault, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(content)


main()
