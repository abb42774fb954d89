"""What Orderwright is connected to: channels, carriers, payment providers, and files."""
