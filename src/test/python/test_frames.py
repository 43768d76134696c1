"""Frames: the golden files both ways, the broken ones, and what a socket does to frames."""
import glob
import json
import os
import socket
import threading
import unittest

import host  # puts the package on the path
from procpool_worker import frames
from procpool_worker.frames import BrokenFrame, Reader, Writer

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "resources", "frames")


def files(pattern):
    found = sorted(glob.glob(os.path.join(GOLDEN, pattern)))
    assert found, "no golden frames"
    for name in found:
        with open(name, encoding="utf-8") as file:
            yield json.load(file)


class Sockets(unittest.TestCase):
    def setUp(self):
        self.near, self.far = socket.socketpair()
        self.addCleanup(self.near.close)
        self.addCleanup(self.far.close)
        self.near.settimeout(host.CEILING)

    def in_background(self, action):
        thread = threading.Thread(target=action)
        thread.start()
        self.addCleanup(thread.join)


class GoldenFrames(Sockets):
    def test_every_golden_frame_is_written_as_its_bytes(self):
        for golden in files("*.json"):
            with self.subTest(golden["name"]):
                written = frames.encode(golden["kind"], golden["call_id"], golden["header_text"].encode(),
                                        bytes.fromhex(golden["body_hex"]))
                self.assertEqual(written.hex(), golden["frame_hex"])

    def test_every_golden_frame_is_read_from_its_bytes(self):
        for golden in files("*.json"):
            with self.subTest(golden["name"]):
                expected = (golden["kind"], golden["call_id"], golden["header"], bytes.fromhex(golden["body_hex"]))
                data = bytes.fromhex(golden["frame_hex"])
                self.assertEqual(frames.decode(data), expected)
                self.far.sendall(data)
                self.assertEqual(Reader(self.near).read(), expected)

    def test_every_kind_has_a_golden_frame(self):
        kinds = {golden["kind"] for golden in files("*.json")}
        self.assertLessEqual({*range(1, 11), *range(32, 38)}, kinds)

    def test_headers_that_we_write_compactly_are_the_golden_bytes(self):
        for golden in files("*.json"):
            if golden["name"] not in ("call-header-with-blanks", "result-header-of-two-bytes"):
                with self.subTest(golden["name"]):
                    self.assertEqual(frames.header_bytes(golden["header"]).decode(),
                                     golden["header_text"].replace("{}", "") if golden["header_text"] == "{}"
                                     else golden["header_text"])

    def test_all_golden_frames_in_one_stream_come_out_one_by_one(self):
        golden = list(files("*.json"))
        self.in_background(lambda: (self.far.sendall(b"".join(bytes.fromhex(g["frame_hex"]) for g in golden * 50)),
                                    self.far.shutdown(socket.SHUT_WR)))
        reader = Reader(self.near)
        for expected in golden * 50:
            self.assertEqual(reader.read()[1:3], (expected["call_id"], expected["header"]))
        self.assertIsNone(reader.read())

    def test_broken_frames_are_refused_at_once(self):
        for broken in files("broken/*.json"):
            with self.subTest(broken["name"]):
                near, far = socket.socketpair()
                with near, far:
                    near.settimeout(host.CEILING)  # the sender keeps the connection open: waiting for more would hang
                    far.sendall(bytes.fromhex(broken["bytes_hex"]))
                    with self.assertRaises(BrokenFrame):
                        Reader(near).read()
                with self.assertRaises(BrokenFrame):
                    frames.decode(bytes.fromhex(broken["bytes_hex"]))


class FramesOnASocket(Sockets):
    def test_a_frame_that_arrives_byte_by_byte_is_one_frame(self):
        data = frames.encode(frames.CALL, 5, b'{"func":"a.b"}', b"[1]")

        def drip():
            for index in range(len(data)):
                self.far.sendall(data[index:index + 1])
        self.in_background(drip)
        self.assertEqual(Reader(self.near).read(), (frames.CALL, 5, {"func": "a.b"}, b"[1]"))

    def test_bodies_of_every_size_around_the_buffer_arrive_whole(self):
        sizes = [0, 1, 65_500, 65_518, 65_519, 65_520, 65_536, 131_072, 1 << 20, 10_000_019]
        writer = Writer(self.far)
        self.in_background(lambda: [writer.send(frames.RESULT, size, b"{}", b"x" * size) for size in sizes])
        reader = Reader(self.near)
        for size in sizes:
            frame = reader.read()
            self.assertEqual((frame.call_id, len(frame.body), frame.body.count(b"x")), (size, size, size))

    def test_a_body_at_the_limit_is_read_and_one_byte_more_is_refused(self):
        reader = Reader(self.near, 1000)
        self.far.sendall(frames.encode(frames.RESULT, 1, b"{}", b"x" * 1000))
        self.assertEqual(len(reader.read().body), 1000)
        self.far.sendall(frames.encode(frames.RESULT, 1, b"{}", b"x" * 1001))
        with self.assertRaises(BrokenFrame):
            reader.read()

    def test_a_header_at_the_limit_is_read(self):
        header = b'{"a":"' + b"x" * (frames.MAX_HEADER - 8) + b'"}'
        self.in_background(lambda: self.far.sendall(frames.encode(frames.CALL, 1, header)))
        self.assertEqual(len(Reader(self.near).read().header["a"]), frames.MAX_HEADER - 8)
        with self.assertRaises(ValueError):
            frames.encode(frames.CALL, 1, header + b" ")

    def test_an_end_inside_a_frame_is_a_broken_frame_and_between_frames_an_end(self):
        data = frames.encode(frames.RESULT, 1, b"{}", b"null")
        for cut in range(1, len(data)):
            near, far = socket.socketpair()
            with near, far:
                far.sendall(data + data[:cut])
                far.close()
                reader = Reader(near)
                self.assertEqual(reader.read().body, b"null")
                with self.assertRaises(BrokenFrame):
                    reader.read()
        self.far.close()
        self.assertIsNone(Reader(self.near).read())

    def test_frames_of_many_threads_do_not_mix(self):
        writer = Writer(self.far)
        threads = [threading.Thread(target=lambda n=n: [
            writer.send(frames.PROGRESS, n, b'{"done":1}', bytes([n]) * 100_000) for _ in range(20)]) for n in range(8)]
        for thread in threads:
            thread.start()
        reader = Reader(self.near)
        for _ in range(160):
            frame = reader.read()
            self.assertEqual(frame.body, bytes([frame.call_id]) * 100_000)
        for thread in threads:
            thread.join()

    def test_lone_surrogates_in_a_header_are_replaced(self):
        self.assertEqual(frames.header_bytes({"message": "a\ud800b"}), b'{"message":"a?b"}')

    def test_ready_tells_whether_a_read_would_wait(self):
        reader = Reader(self.near)
        self.assertFalse(reader.ready())
        frame = frames.encode(frames.BYE, 0)
        self.far.sendall(frame + frame + frame[:5])
        reader.read()
        self.assertTrue(reader.ready())
        reader.read()
        self.assertFalse(reader.ready())


if __name__ == "__main__":
    unittest.main()
