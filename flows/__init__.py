"""The main job: steps.py and its neighbours in plain functions, ingest.py lays Prefect upon them."""
