"""The demo: a made-up merchant whose customers buy real baskets, and the people who pick, pack and ship them."""
