"""Tests: unit/ mirrors the source tree, contracts/ holds laws that every implementation obeys, integration/ starts real servers."""
