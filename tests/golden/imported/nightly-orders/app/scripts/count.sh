#!/bin/sh
echo rows=100
