"""The portals: for each stem ``<cc>_<owner>`` a spider (.py) and a description (.toml)."""
