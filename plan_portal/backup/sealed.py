"""Encryption of a whole archive as it is written: AES-256-GCM in pieces of 1 MiB.

The key comes from the passphrase `BACKUP_KEY` by scrypt. Each piece's nonce holds its number and
whether it is the last (the STREAM construction, as in age and Tink), so that pieces that were
changed, put in another order, left out or cut off at the end do not open.
"""

import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from plan_portal.backup.errors import BackupError

MAGIC = b"portal-sealed-2\n"
COST = {b"portal-sealed-1\n": 2**15, MAGIC: 2**17}  # of scrypt; of archives before 0.9.0, and now
PIECE = 1024 * 1024
SALT, PREFIX, TAG = 16, 7, 16
SHORTEST_KEY = 12  # characters; docs/backup.md has a command that makes a long one


class Sealing:
    """A file to write to; what arrives in `target` is encrypted. `close()` writes the last piece
    and leaves `target` open."""

    def __init__(self, target: BinaryIO, key: str) -> None:
        salt, prefix = os.urandom(SALT), os.urandom(PREFIX)
        self.target, self.pieces = target, _Pieces(key, salt, prefix, MAGIC)
        self.waiting = bytearray()
        target.write(MAGIC + salt + prefix)

    def write(self, data: bytes) -> int:
        self.waiting += data
        while len(self.waiting) > PIECE:  # the last piece, full or not, waits for close()
            self._send(bytes(self.waiting[:PIECE]), last=False)
            del self.waiting[:PIECE]
        return len(data)

    def flush(self) -> None:
        """A piece goes when it is full."""

    def close(self) -> None:
        self._send(bytes(self.waiting), last=True)

    def _send(self, piece: bytes, *, last: bool) -> None:
        self.target.write(self.pieces.seal(piece, last=last))


class Opening:
    """A file to read from: what `source`, which stands behind its mark (of COST), holds in the
    clear."""

    def __init__(self, source: BinaryIO, key: str, mark: bytes) -> None:
        head = source.read(SALT + PREFIX)
        if len(head) < SALT + PREFIX:
            raise BackupError("The archive is damaged: it ends in its first line.")
        self.source, self.pieces = source, _Pieces(key, head[:SALT], head[SALT:], mark)
        self.next = source.read(PIECE + TAG)
        self.open, self.ended = bytearray(), False

    def read(self, size: int = -1) -> bytes:
        while not self.ended and (size < 0 or len(self.open) < size):
            piece, self.next = self.next, self.source.read(PIECE + TAG)
            self.ended = not self.next
            self.open += self.pieces.unseal(piece, last=self.ended)
        size = len(self.open) if size < 0 else size
        data = bytes(self.open[:size])
        del self.open[:size]
        return data


class _Pieces:
    """Seals and opens piece after piece, counting them."""

    def __init__(self, key: str, salt: bytes, prefix: bytes, mark: bytes) -> None:
        made = Scrypt(salt=salt, length=32, n=COST[mark], r=8, p=1).derive(key.encode())
        self.cipher, self.mark = AESGCM(made), mark
        self.prefix, self.number = prefix, 0

    def _nonce(self, last: bool) -> bytes:
        nonce = self.prefix + self.number.to_bytes(4, "big") + bytes([last])
        self.number += 1
        return nonce

    def seal(self, piece: bytes, *, last: bool) -> bytes:
        return self.cipher.encrypt(self._nonce(last), piece, self.mark)

    def unseal(self, piece: bytes, *, last: bool) -> bytes:
        first = self.number == 0
        try:
            return self.cipher.decrypt(self._nonce(last), piece, self.mark)
        except InvalidTag:
            if first:
                text = "BACKUP_KEY does not open this archive: it is another key, or it is damaged."
            else:
                text = "The archive is damaged: a piece of it does not open."
            raise BackupError(text) from None
