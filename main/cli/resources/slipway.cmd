@echo off
rem slipway of the packaged app (Windows): its own binary, without a window.
"%~dp0..\..\Slipway.exe" --slipway-command %*
