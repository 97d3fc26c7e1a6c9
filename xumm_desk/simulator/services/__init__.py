"""What the platform offers beside payloads: rates, hooks, storage, profiles, xApps, sign-in."""
