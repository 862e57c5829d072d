"""Shunyi's contract pays for 38 assessments of level 2 and 14 of level 3 (row 11)."""


def migrate(cr, version):
    # Past the acts: it is no change, but what was meant from the beginning.
    cr.execute(
        """
        UPDATE agreement
           SET mlps_bought_level2 = 38, mlps_bought_level3 = 14
          FROM ir_model_data AS data
         WHERE data.module = 'om_engagements' AND data.name = 'agreement_shunyi'
           AND data.model = 'agreement' AND data.res_id = agreement.id
           AND COALESCE(mlps_bought_level2, 0) = 0
           AND COALESCE(mlps_bought_level3, 0) = 0
        """
    )
