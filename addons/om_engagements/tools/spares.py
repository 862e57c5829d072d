"""The spare parts lists of the unified contract as records to load.

Two lists are printed in the tender (chapter 5, requirement 14); other systems of the
register carry their own (``data/register/spares.csv``), one list each. The lists'
prices are not public: they are entered when the contract is signed.
"""

from collections.abc import Iterable, Mapping

from .register import Records, Row

DATE_FROM, DATE_TO = "2026-01-01", "2026-12-31"
# The warehouse stands inside Shunyi district.
DISTRICT_CODE = "110113"
SOURCE = "0686-2511BJ143437Z，第五章 七-14"
REGISTER_SOURCE = "0686-2511BJ143437Z，运维服务需求表第{seq}项"


def build_spare_lists(
    printed: Iterable[Row], systems: Iterable[Row], prefix: str
) -> Records:
    """Records of products, lists and quotas, parents first.

    :param printed: rows of quotas.csv
    :param systems: rows of the register as ``register.read_register`` returns them
    :param prefix: start of the external ids
    """
    records: Records = {
        "product.product": {},
        "om.spare.list": {},
        "om.spare.quota": {},
    }
    covered = set()
    numbers: dict[str, int] = {}
    for row in printed:
        number = numbers.setdefault(row["list"], len(numbers) + 1)
        key = f"{prefix}spare_list_{number}"
        _add_list(records, key, row["list"], SOURCE, prefix)
        _add_quota(records, f"{number}_{int(row['line']):02}", key, row, prefix)
        covered.add(int(row["seq"]))
    for system in systems:
        seq = system["seq"]
        if seq in covered or not system["spare_quota"]:
            continue
        key = f"{prefix}spare_list_system_{seq:03}"
        source = REGISTER_SOURCE.format(seq=seq)
        _add_list(records, key, f"{system['name']} 2026", source, prefix)
        for line, spare in enumerate(system["spare_quota"], 1):
            row = {**spare, "cap": spare["qty"], "seq": seq, "line": line}
            _add_quota(records, f"{seq:03}_{line:02}", key, row, prefix)
    return records


def _add_list(records: Records, key: str, name: str, source: str, prefix: str) -> None:
    records["om.spare.list"][key] = {
        "name": name,
        "date_from": DATE_FROM,
        "date_to": DATE_TO,
        "district_code": DISTRICT_CODE,
        "source": source,
        "warehouse_id": f"{prefix}warehouse_shunyi",
    }


def _add_quota(
    records: Records, number: str, list_key: str, row: Mapping, prefix: str
) -> None:
    product = f"{prefix}spare_product_{number}"
    records["product.product"][product] = {
        "name": row["name"],
        "default_code": f"BJ-{number.replace('_', '-')}",
        "type": "consu",
        "is_storable": True,
        "sale_ok": False,
    }
    records["om.spare.quota"][f"{prefix}spare_quota_{number}"] = {
        "list_id": list_key,
        "sequence": int(row["line"]),
        "name": row["name"],
        "product_id": product,
        "system_id": f"{prefix}system_{int(row['seq']):03}",
        "specification": row.get("parameters") or False,
        "cap": int(row["cap"]),
        "uom_name": row["unit"] or False,
    }
