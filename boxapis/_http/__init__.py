"""Requests, responses and proxies as plain values; nothing here opens a socket."""
